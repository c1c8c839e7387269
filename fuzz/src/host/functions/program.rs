//! What the module is to call: bytes as a list of calls, and that as the module reads it.

/// The functions, with how many arguments each takes.
pub const FUNCTIONS: [(&str, u8); 26] = [
    ("alloc", 1),
    ("free", 1),
    ("length", 1),
    ("length_unsafe", 1),
    ("load_u8", 1),
    ("load_u64", 1),
    ("store_u8", 2),
    ("store_u64", 2),
    ("input_offset", 0),
    ("input_length", 0),
    ("input_load_u8", 1),
    ("input_load_u64", 1),
    ("output_set", 2),
    ("error_set", 1),
    ("http_request", 2),
    ("http_status_code", 0),
    ("http_headers", 0),
    ("config_get", 1),
    ("var_get", 1),
    ("var_set", 2),
    ("log_error", 1),
    ("log_warn", 1),
    ("log_info", 1),
    ("log_debug", 1),
    ("log_trace", 1),
    ("get_log_level", 0),
];

/// Calls that one program makes at most; each has a register for its result.
pub const MOST: usize = 64;

/// Texts that are put into a block at once: else no request would ever be one.
const TEXTS: [&str; 4] = ["{\"url\":\"http://a.example/\"}", "key", "{\"url\":7}", "a"];

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Its function, by its place.
    pub function: usize,
    /// Its arguments.
    pub arguments: [Argument; 2],
}

/// An argument.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    /// A number.
    Number(u64),
    /// What an earlier call returned, and so much more.
    Register(usize, u64),
}

/// A list of calls.
#[derive(Debug)]
pub struct Program {
    pub calls: Vec<Call>,
}

impl Program {
    /// Of any bytes.
    pub fn of(data: &[u8]) -> Self {
        let mut bytes = data.iter().copied();
        let mut program = Self { calls: Vec::new() };
        while let (Some(function), true) = (bytes.next(), program.calls.len() < MOST) {
            let function = usize::from(function) % (FUNCTIONS.len() + TEXTS.len());
            if let Some(text) = function.checked_sub(FUNCTIONS.len()) {
                program.put(TEXTS[text]);
                continue;
            }
            let mut arguments = [Argument::Number(0); 2];
            for argument in arguments.iter_mut().take(usize::from(FUNCTIONS[function].1)) {
                *argument = read(&mut bytes);
            }
            program.calls.push(Call { function, arguments });
        }
        program.calls.truncate(MOST);
        program
    }

    fn put(&mut self, text: &str) {
        let block = self.calls.len();
        let mut call = |function: &str, one, other| {
            let function = FUNCTIONS.iter().position(|(name, _)| *name == function).expect("it is one of them");
            self.calls.push(Call { function, arguments: [one, other] });
        };
        call("alloc", Argument::Number(text.len() as u64), Argument::Number(0));
        for (place, part) in text.as_bytes().chunks(8).enumerate() {
            let at = 8 * place as u64;
            match part.try_into() {
                Ok(whole) => {
                    call("store_u64", Argument::Register(block, at), Argument::Number(u64::from_le_bytes(whole)));
                }
                Err(_) => {
                    for (next, byte) in (at..).zip(part) {
                        call("store_u8", Argument::Register(block, next), Argument::Number(u64::from(*byte)));
                    }
                }
            }
        }
    }

    /// As the module reads it: for each call its function, which arguments are registers, and the arguments,
    /// 16 hexadecimal digits each.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for Call { function, arguments } in &self.calls {
            let mut words = [*function as u64, 0, 0, 0];
            for (place, argument) in arguments.iter().enumerate() {
                words[place + 2] = match argument {
                    Argument::Number(number) => *number,
                    Argument::Register(register, more) => {
                        words[1] |= 1 << place;
                        (*more << 8) | *register as u64
                    }
                };
            }
            words.iter().for_each(|word| text.push_str(&format!("{word:016x}")));
        }
        text
    }
}

fn read(bytes: &mut impl Iterator<Item = u8>) -> Argument {
    let mut next = || u64::from(bytes.next().unwrap_or_default());
    match next() % 8 {
        0..=3 => Argument::Register(usize::try_from(next()).unwrap_or_default() % MOST, next()),
        4 => Argument::Number(next()),
        5 => Argument::Number(next() | next() << 8),
        6 => Argument::Number(u64::MAX - next()),
        _ => Argument::Number((0..8).fold(0, |number, _| number << 8 | next())),
    }
}

/// The register at a place of what the module gives out.
pub fn register(registers: &str, place: usize) -> u64 {
    let digits = registers.get(16 * place..16 * (place + 1)).expect("as many registers as calls");
    u64::from_str_radix(digits, 16).expect("hexadecimal digits")
}

/// Programs to begin with, as bytes.
pub fn samples() -> [Vec<u8>; 5] {
    let at = |name: &str| FUNCTIONS.iter().position(|(known, _)| *known == name).map_or(0, |place| place as u8);
    let text = |place: u8| FUNCTIONS.len() as u8 + place;
    // A register: 0, which one, how much more. A number: 4, and the number.
    [
        vec![
            at("alloc"),
            4,
            9,
            at("store_u64"),
            0,
            0,
            0,
            7,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            at("load_u8"),
            0,
            0,
            3,
            at("free"),
            0,
            0,
            0,
            at("alloc"),
            4,
            3,
        ],
        vec![
            text(0),
            at("http_request"),
            0,
            0,
            0,
            4,
            0,
            at("http_status_code"),
            at("http_headers"),
            at("output_set"),
            0,
            6,
            0,
            4,
            5,
        ],
        vec![text(1), at("config_get"), 0, 0, 0, at("output_set"), 0, 4, 0, 4, 9],
        vec![
            text(1),
            text(3),
            at("var_set"),
            0,
            0,
            0,
            0,
            4,
            0,
            text(1),
            at("var_get"),
            0,
            7,
            0,
            at("error_set"),
            0,
            11,
            0,
        ],
        vec![
            text(3),
            at("log_error"),
            0,
            0,
            0,
            at("input_offset"),
            at("free"),
            0,
            3,
            0,
            at("alloc"),
            6,
            0,
            at("input_load_u64"),
            6,
            3,
        ],
    ]
}
