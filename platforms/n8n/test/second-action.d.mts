export function withSecondAction(description: object): object;
