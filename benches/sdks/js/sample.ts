/** The one call that all contenders make: the example of the service's page on `UpdateOrderStatus`. */

export const LOGIN = 'username';
export const API_KEY = 'X'.repeat(40);
export const ORDER = { bill_id: '100000', status: 'sent', date: 1362254400, rpo: '10000000000000' };
