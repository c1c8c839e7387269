//! Workbooks: a sheet's rows, as texts that lose nothing.

use std::io::{self, BufReader, Read, Seek, Write};
use std::panic::{self, AssertUnwindSafe};

use calamine::{Cell, CellType, Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use csv::ByteRecord;
use jiff::Unit;
use jiff::civil::DateTime;

use super::Refusal;
use super::claims::Claims;
use super::header::{self, Candidate, Fit};
use super::lines::{LONGEST, Lines, too_long};
use super::ods;
use super::row::sheet_row;
use super::spool::{Kind, Spool};
use super::spreadsheet::{damaged, day_and_time, is_protected};
use crate::cell;

/// How much of a workbook is unpacked into memory, besides its sheets: those are read row by row.
const MOST: u64 = 256 << 20;

/// How much text a sheet may hold: the same text can stand in a workbook once, and in a million cells.
const MOST_TEXT: u64 = 1 << 30;

/// A sheet that was chosen, and written out: a line of the copy for each of its rows.
pub struct Sheet {
    /// Its rows.
    pub rows: Spool,
    /// Its name.
    pub name: String,
    /// Its header; `None` if there is nothing in it.
    pub header: Option<Candidate>,
}

/// Takes from a workbook the sheet of this name or number; or else the first with a header that
/// fits.
///
/// # Errors
/// If it is no workbook that can be read, or has no such sheet; the text says what to do.
pub fn read(spool: &Spool, wanted: Option<&str>, fit: impl Fn(&ByteRecord) -> Fit) -> Result<Sheet, Refusal> {
    // What reads it is not ours, and what it reads comes from outside.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let read = panic::catch_unwind(AssertUnwindSafe(|| choose(spool, wanted, fit)));
    panic::set_hook(hook);
    read.unwrap_or_else(|_| Err(damaged("it can't be read")))
}

fn choose(spool: &Spool, wanted: Option<&str>, fit: impl Fn(&ByteRecord) -> Fit) -> Result<Sheet, Refusal> {
    let format = Format::of(spool)?;
    let names = Book::open(spool, format)?.names()?;
    let mut best: Option<Sheet> = None;
    for name in chosen(&names, wanted)? {
        let sheet = write(spool, format, name, &fit)?;
        let fits = |sheet: &Sheet| sheet.header.as_ref().map(|header| header.fit).unwrap_or_default();
        if best.as_ref().is_none_or(|best| fits(best) < fits(&sheet)) {
            best = Some(sheet);
        }
        if best.as_ref().is_some_and(|best| fits(best).whole) {
            break;
        }
    }
    best.ok_or_else(|| Refusal("there is no sheet in it".to_owned()))
}

/// The sheets to look at: those that can be seen, if none was named.
fn chosen<'a>(names: &'a [(String, bool)], wanted: Option<&str>) -> Result<Vec<&'a str>, Refusal> {
    let Some(wanted) = wanted else {
        let visible = names.iter().filter(|(_, visible)| *visible);
        return Ok(visible.map(|(name, _)| name.as_str()).collect());
    };
    let by_name = names.iter().find(|(name, _)| name.trim().to_lowercase() == wanted.trim().to_lowercase());
    let by_number = || names.get(wanted.trim().parse::<usize>().ok()?.checked_sub(1)?);
    let found = by_name.or_else(by_number).map(|(name, _)| vec![name.as_str()]);
    found.ok_or_else(|| {
        let all: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
        Refusal(format!("--sheet names {wanted}, and the sheets are {}", all.join(", ")))
    })
}

/// Writes a sheet out, and looks for its header.
fn write(raw: &Spool, format: Format, name: &str, fit: &impl Fn(&ByteRecord) -> Fit) -> Result<Sheet, Refusal> {
    let rows = raw.rewritten(|raw, out| {
        let mut writer = Writer { out, line: 1, cells: Vec::new(), held: 0, written: 0 };
        Book::open(raw, format)?.cells(name, |row, column, text| writer.cell(row, column, text))?;
        writer.row().map_err(Refusal::from)
    })?;
    let mut lines = Lines::new(rows.reader()?);
    let header = header::find(|cells| sheet_row(&mut lines, cells), fit)?;
    drop(lines);
    Ok(Sheet { rows, name: name.to_owned(), header })
}

/// Writes rows as JSON arrays, each on the line of its number.
struct Writer<'a> {
    out: &'a mut dyn Write,
    line: u32,
    cells: Vec<String>,
    /// How much text is in them: the same text can stand in a workbook once, and in all cells of a row.
    held: u64,
    written: u64,
}

impl Writer<'_> {
    fn cell(&mut self, row: u32, column: u32, text: String) -> Result<(), Refusal> {
        let number = row.saturating_add(1);
        if number < self.line || number > 1 << 20 || column >= 1 << 14 {
            return Err(damaged("its cells are not in order"));
        }
        while self.line < number {
            self.row()?;
            if self.written > MOST_TEXT {
                let why = format!("its sheet holds more than {} MB of text: is this the right file?", MOST_TEXT >> 20);
                return Err(Refusal(why));
            }
        }
        let column = column as usize;
        if column >= self.cells.len() {
            self.cells.resize(column + 1, String::new());
        }
        if !self.cells[column].is_empty() && self.cells[column] != text {
            return Err(damaged(format!("a cell in row {number} stands there twice")));
        }
        self.held += text.len() as u64;
        if self.held > LONGEST {
            return Err(too_long(number.into()).into());
        }
        self.cells[column] = text;
        Ok(())
    }

    fn row(&mut self) -> io::Result<()> {
        if !self.cells.iter().all(String::is_empty) {
            let row = serde_json::to_vec(&self.cells)?;
            self.written += row.len() as u64;
            self.out.write_all(&row)?;
        }
        self.cells.clear();
        self.held = 0;
        self.line += 1;
        self.out.write_all(b"\n")
    }
}

/// The formats of workbooks. They can be read without taking all of it into memory; but for Excel's
/// oldest, whose sheets are small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Format {
    fn of(spool: &Spool) -> Result<Self, Refusal> {
        let file = || io::Result::Ok(BufReader::new(spool.file()?));
        if spool.kind == Kind::Zip {
            let format = archive(file()?, MOST)?;
            if format == Self::Ods {
                ods::check_password(file()?)?;
            }
            return Ok(format);
        }
        // A protected workbook is put into a file of the older kind.
        match Xlsx::new(file()?) {
            Err(calamine::XlsxError::Password) => Err(is_protected()),
            _ => Ok(Self::Xls),
        }
    }
}

/// A workbook that is open.
enum Book<'a> {
    Xlsx(Box<Xlsx<File<'a>>>),
    Xlsb(Box<Xlsb<File<'a>>>),
    Xls(Box<Xls<File<'a>>>),
    Ods(File<'a>),
}

type File<'a> = BufReader<&'a std::fs::File>;

impl<'a> Book<'a> {
    fn open(spool: &'a Spool, format: Format) -> Result<Self, Refusal> {
        let file = BufReader::new(spool.file()?);
        match format {
            Format::Xlsx => Xlsx::new(file).map(|book| Self::Xlsx(Box::new(book))).map_err(damaged),
            Format::Xlsb => Xlsb::new(file).map(|book| Self::Xlsb(Box::new(book))).map_err(damaged),
            Format::Xls => match Xls::new(file) {
                Err(calamine::XlsError::Password) => Err(is_protected()),
                book => book.map(|book| Self::Xls(Box::new(book))).map_err(damaged),
            },
            Format::Ods => Ok(Self::Ods(file)),
        }
    }

    /// The names of its sheets, and whether they can be seen.
    fn names(self) -> Result<Vec<(String, bool)>, Refusal> {
        let sheets = match &self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(_) => &[],
        };
        let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names = sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
        if let Self::Ods(file) = self { ods::names(file) } else { Ok(names) }
    }

    /// Hands on every cell of a sheet that has something in it: row, column (both from 0) and text.
    fn cells(
        self,
        name: &str,
        mut on_cell: impl FnMut(u32, u32, String) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        match self {
            Self::Xlsx(mut book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
                    let text = match (&cell.value, &cell.formula) {
                        (DataRef::Empty, Some(_)) => cell::UNCOMPUTED.to_owned(),
                        (value, _) => text_of(value),
                    };
                    on_cell(cell.pos.0, cell.pos.1, text)?;
                }
            }
            Self::Xlsb(mut book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
                while let Some(cell) = cells.next_cell().map_err(damaged)? {
                    put(&cell, text_of(cell.get_value()), &mut on_cell)?;
                }
            }
            Self::Xls(mut book) => {
                let range = book.worksheet_range(name).map_err(damaged)?;
                let (row, column) = range.start().unwrap_or_default();
                for (y, x, value) in range.used_cells() {
                    let (y, x) = (u32::try_from(y).unwrap_or(u32::MAX), u32::try_from(x).unwrap_or(u32::MAX));
                    let text = text_of(&borrowed(value));
                    on_cell(row.saturating_add(y), column.saturating_add(x), text)?;
                }
            }
            Self::Ods(file) => ods::cells(file, name, on_cell)?,
        }
        Ok(())
    }
}

fn put<T: CellType>(
    cell: &Cell<T>,
    text: String,
    on_cell: &mut impl FnMut(u32, u32, String) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let (row, column) = cell.get_position();
    on_cell(row, column, text)
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(bool) => DataRef::Bool(*bool),
        Data::DateTime(time) => DataRef::DateTime(*time),
        Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// A value as a text that [`cell`] and [`moment`](crate::moment) read as what it is.
fn text_of(value: &DataRef) -> String {
    match value {
        DataRef::Int(number) => match i32::try_from(*number) {
            Ok(number) => number.to_string(),
            #[expect(clippy::cast_precision_loss, reason = "what loses digits is refused")]
            Err(_) => cell::of_number(*number as f64),
        },
        DataRef::Float(number) => cell::of_number(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => time_of(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A date as its day, and its time if it has one.
fn time_of(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let whole = |number: u8| i8::try_from(number).unwrap_or_default();
    let date = DateTime::new(
        i16::try_from(year).unwrap_or_default(),
        whole(month),
        whole(day),
        whole(hour),
        whole(minute),
        whole(second),
        i32::from(milli.min(999)) * 1_000_000,
    );
    let day = (1.0..2_958_466.0).contains(&time.as_f64());
    if !time.is_duration()
        && day
        && let Some(text) = date.clone().ok().and_then(day_and_time)
    {
        return text;
    }
    match date.and_then(|date| date.round(Unit::Second)) {
        Ok(date) if (0.0..1.0).contains(&time.as_f64()) => date.strftime("%H:%M:%S").to_string(),
        _ => format!("{} days", time.as_f64()),
    }
}

/// Looks into an archive: what it is, and that it does not unpack to more than fits.
fn archive(file: impl Read + Seek, most: u64) -> Result<Format, Refusal> {
    let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
    let names = archive.file_names().filter_map(Result::ok);
    let names: Vec<_> = names.map(|name| name.trim_start_matches('/').replace('\\', "/").to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|it| it == name);
    let kind = match () {
        () if has("xl/workbook.xml") => Format::Xlsx,
        () if has("xl/workbook.bin") => Format::Xlsb,
        () if has("content.xml") || has("encrypted-package") => Format::Ods,
        () if has("index/document.iwa") => {
            return Err(Refusal(
                "it is a workbook of Apple's Numbers: export it as Excel or CSV (File, Export To)".to_owned(),
            ));
        }
        () => return Err(Refusal("it is an archive (ZIP) and no workbook: unpack it first".to_owned())),
    };
    let mut unpacked = 0;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.to_lowercase();
        // Where the sheets are said to be, the shared texts may be, too.
        if !name.contains("worksheets/") || name.ends_with("sharedstrings.xml") {
            let mut claims = Claims::default();
            let bytes = io::copy(&mut entry.take(most + 1), &mut claims).map_err(damaged)?;
            claims.check(bytes)?;
            unpacked += bytes;
        }
        if unpacked > most {
            let why = format!("it unpacks to more than {} MB: save the sheet as \"CSV UTF-8\"", most >> 20);
            return Err(Refusal(why));
        }
    }
    Ok(kind)
}

#[cfg(test)]
#[path = "workbook/tests.rs"]
mod tests;
