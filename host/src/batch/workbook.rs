//! Workbooks: a sheet's rows, as texts that lose nothing.

use std::io::{self, BufReader, Read, Seek, Write};
use std::panic::{self, AssertUnwindSafe};

use calamine::{Cell, CellType, Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use csv::ByteRecord;
use jiff::Unit;
use jiff::civil::DateTime;

use super::Refusal;
use super::header::{self, Candidate, Fit};
use super::lines::Lines;
use super::row::sheet_row;
use super::spool::{Kind, Spool};
use crate::cell;

/// How much of a workbook is unpacked into memory, besides its sheets: those are read row by row.
const MOST: u64 = 256 << 20;

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
    let names = Book::open(spool)?.names();
    let mut best: Option<Sheet> = None;
    for name in chosen(&names, wanted)? {
        let sheet = write(spool, name, &fit)?;
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
fn write(raw: &Spool, name: &str, fit: &impl Fn(&ByteRecord) -> Fit) -> Result<Sheet, Refusal> {
    let rows = raw.rewritten(|raw, out| {
        let mut writer = Writer { out, line: 1, cells: Vec::new() };
        Book::open(raw)?.cells(name, |row, column, text| writer.cell(row, column, text))?;
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
}

impl Writer<'_> {
    fn cell(&mut self, row: u32, column: u32, text: String) -> Result<(), Refusal> {
        let number = row.saturating_add(1);
        if number < self.line || number > 1 << 20 || column >= 1 << 14 {
            return Err(damaged("its cells are not in order"));
        }
        while self.line < number {
            self.row()?;
        }
        let column = column as usize;
        if column >= self.cells.len() {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        Ok(())
    }

    fn row(&mut self) -> io::Result<()> {
        if !self.cells.iter().all(String::is_empty) {
            serde_json::to_writer(&mut self.out, &self.cells)?;
        }
        self.cells.clear();
        self.line += 1;
        self.out.write_all(b"\n")
    }
}

/// A workbook of one of the formats that can be read without taking all of it into memory; and of
/// Excel's oldest, whose sheets are small.
enum Book<'a> {
    Xlsx(Box<Xlsx<File<'a>>>),
    Xlsb(Box<Xlsb<File<'a>>>),
    Xls(Box<Xls<File<'a>>>),
}

type File<'a> = BufReader<&'a std::fs::File>;

impl<'a> Book<'a> {
    fn open(spool: &'a Spool) -> Result<Self, Refusal> {
        let file = || io::Result::Ok(BufReader::new(spool.file()?));
        if spool.kind == Kind::Zip {
            let what = archive(file()?, MOST)?;
            return match what {
                Archive::Xlsx => Xlsx::new(file()?).map(|book| Self::Xlsx(Box::new(book))).map_err(damaged),
                Archive::Xlsb => Xlsb::new(file()?).map(|book| Self::Xlsb(Box::new(book))).map_err(damaged),
            };
        }
        // A protected workbook is put into a file of the older kind.
        if let Err(calamine::XlsxError::Password) = Xlsx::new(file()?) {
            let why = "it is protected with a password: take that off (in Excel: File, Info, Protect Workbook), or save the sheet as \"CSV UTF-8\"";
            return Err(Refusal(why.to_owned()));
        }
        Xls::new(file()?).map(|book| Self::Xls(Box::new(book))).map_err(damaged)
    }

    /// The names of its sheets, and whether they can be seen.
    fn names(&self) -> Vec<(String, bool)> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
        };
        let sheets = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
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
                while let Some(cell) = cells.next_cell().map_err(damaged)? {
                    put(&cell, text_of(cell.get_value()), &mut on_cell)?;
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
    // Part of a day is a fraction that has no last digit: half past two is 14:29:59.9999.
    let date = date.and_then(|date| date.round(Unit::Second));
    match date {
        Ok(date) if !time.is_duration() && (1.0..2_958_466.0).contains(&time.as_f64()) => {
            let format = if date.time() == jiff::civil::Time::midnight() { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
            date.strftime(format).to_string()
        }
        Ok(date) if (0.0..1.0).contains(&time.as_f64()) => date.strftime("%H:%M:%S").to_string(),
        _ => format!("{} days", time.as_f64()),
    }
}

enum Archive {
    Xlsx,
    Xlsb,
}

/// Looks into an archive: what it is, and that it does not unpack to more than fits.
fn archive(file: impl Read + Seek, most: u64) -> Result<Archive, Refusal> {
    let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
    let names = archive.file_names().filter_map(Result::ok);
    let names: Vec<_> = names.map(|name| name.trim_start_matches('/').replace('\\', "/").to_lowercase()).collect();
    let has = |name: &str| names.iter().any(|it| it == name);
    let kind = match () {
        () if has("xl/workbook.xml") => Archive::Xlsx,
        () if has("xl/workbook.bin") => Archive::Xlsb,
        () if has("content.xml") => {
            return Err(Refusal("it is an OpenDocument file: save it as .xlsx or as \"CSV UTF-8\"".to_owned()));
        }
        () => return Err(Refusal("it is an archive (ZIP) and no workbook: unpack it first".to_owned())),
    };
    let mut unpacked = 0;
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(damaged)?;
        if !entry.name().map_err(damaged)?.contains("worksheets/") {
            unpacked += io::copy(&mut entry.take(most + 1), &mut io::sink()).map_err(damaged)?;
        }
        if unpacked > most {
            let why = format!("it unpacks to more than {} MB: save the sheet as \"CSV UTF-8\"", most >> 20);
            return Err(Refusal(why));
        }
    }
    Ok(kind)
}

fn damaged(why: impl std::fmt::Display) -> Refusal {
    let why = why.to_string().replace(['\r', '\n'], " ");
    Refusal(format!("the workbook is damaged ({why}): open it, save it anew, or save the sheet as \"CSV UTF-8\""))
}

#[cfg(test)]
#[path = "workbook/tests.rs"]
mod tests;
