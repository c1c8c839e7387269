//! OpenDocument sheets, read row by row.
//!
//! calamine reads them as well, but takes a whole workbook into memory with every repetition written
//! out, which is gigabytes for a file of some kilobytes, and looks for ever for the end of a table
//! that is cut short.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Seek};

use jiff::civil::DateTime;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::result::ZipError;

use super::Refusal;
use super::lines::{LONGEST, told_too_long};
use super::spreadsheet::{damaged, day_and_time, is_protected};
use crate::cell;

/// Where an archive has its sheets.
const CONTENT: &str = "content.xml";

/// Refuses a file that is protected with a password. What is in it can't be told from damage.
///
/// # Errors
/// If it is.
pub fn check_password(file: impl Read + Seek) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    // LibreOffice puts an encrypted archive into an archive; before, each entry was encrypted.
    if archive.by_name("encrypted-package").is_ok() {
        return Err(is_protected());
    }
    let mut manifest = String::new();
    match archive.by_name("META-INF/manifest.xml") {
        Ok(entry) => entry.take(1 << 20).read_to_string(&mut manifest).map_err(damaged)?,
        Err(ZipError::FileNotFound) => return Ok(()),
        Err(error) => return Err(damaged(error)),
    };
    if manifest.contains("encryption-data") { Err(is_protected()) } else { Ok(()) }
}

/// The names of the sheets, and whether they can be seen.
///
/// # Errors
/// If it is damaged.
pub fn names(file: impl Read + Seek) -> Result<Vec<(String, bool)>, Refusal> {
    with_tables(file, |mut tables| {
        let mut names = Vec::new();
        while let Some(table) = tables.next()? {
            names.push((table.name, table.visible));
        }
        Ok(names)
    })
}

/// Hands on every cell of the sheet of this name that has something in it: row, column (both from 0)
/// and text.
///
/// # Errors
/// If it is damaged, and those of `on_cell`.
pub fn cells(
    file: impl Read + Seek,
    name: &str,
    mut on_cell: impl FnMut(u32, u32, String) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    with_tables(file, |mut tables| {
        while let Some(table) = tables.next()? {
            if table.name != name {
                continue;
            }
            let mut row = 0_u32;
            while let Some((repeated, cells)) = tables.row()? {
                if !cells.is_empty() {
                    for row in row..row.saturating_add(repeated) {
                        for Cell { column, repeated, text } in &cells {
                            for column in *column..column.saturating_add(*repeated) {
                                on_cell(row, column, text.clone())?;
                            }
                        }
                    }
                }
                row = row.saturating_add(repeated);
            }
            return Ok(());
        }
        Ok(())
    })
}

/// Reads the part of the archive that has the sheets.
fn with_tables<T>(
    file: impl Read + Seek,
    read: impl FnOnce(Tables<&mut dyn BufRead>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    let mut content = BufReader::new(archive.by_name(CONTENT).map_err(damaged)?);
    let mut xml = Reader::from_reader(&mut content as &mut dyn BufRead);
    xml.config_mut().expand_empty_elements = true;
    read(Tables { xml, buffer: Vec::new(), hidden: HashSet::new() })
}

/// The sheets of a workbook, one after the other.
struct Tables<R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    /// The styles of sheets that can't be seen.
    hidden: HashSet<String>,
}

/// A sheet as it begins.
struct Table {
    name: String,
    visible: bool,
}

/// A cell that has something in it, and so many the same to its right.
struct Cell {
    column: u32,
    repeated: u32,
    text: String,
}

impl<R: BufRead> Tables<R> {
    /// Goes on to the beginning of the next sheet; `None` at the end.
    fn next(&mut self) -> Result<Option<Table>, Refusal> {
        let mut style = None;
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(damaged)? {
                Event::Start(element) => match element.name().as_ref() {
                    "style:style" => style = attribute(&element, "style:name")?,
                    "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                        self.hidden.extend(style.take());
                    }
                    "table:table" => {
                        let hidden =
                            attribute(&element, "table:style-name")?.is_some_and(|it| self.hidden.contains(&it));
                        // Those without are copies of what stands in other files, and so are these.
                        let name = attribute(&element, "table:name")?.filter(|name| !name.starts_with("'file:"));
                        if let Some(name) = name {
                            return Ok(Some(Table { name, visible: !hidden }));
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// The next row of the sheet, and how often it stands there; `None` at the sheet's end.
    fn row(&mut self) -> Result<Option<(u32, Vec<Cell>)>, Refusal> {
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(damaged)? {
                Event::Start(element) if element.name().as_ref() == "table:table-row" => {
                    let repeated = count(&element, "table:number-rows-repeated")?;
                    return Ok(Some((repeated, self.row_cells()?)));
                }
                Event::End(element) if element.name().as_ref() == "table:table" => return Ok(None),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    fn row_cells(&mut self) -> Result<Vec<Cell>, Refusal> {
        let (mut cells, mut column, mut held) = (Vec::new(), 0_u32, 0);
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer).map_err(damaged)? {
                Event::Start(element) if is_cell(&element) => {
                    let repeated = count(&element, "table:number-columns-repeated")?;
                    let value = Value::of(&element)?;
                    let is_formula = attribute(&element, "table:formula")?.is_some();
                    let is_computed = attribute(&element, "office:value-type")?.is_some();
                    let text = match value.text(self.paragraphs()?)? {
                        text if text.is_empty() && is_formula && !is_computed => cell::UNCOMPUTED.to_owned(),
                        text => text,
                    };
                    held += text.len() as u64;
                    if held > LONGEST {
                        return Err(row_too_long());
                    }
                    if !text.is_empty() {
                        cells.push(Cell { column, repeated, text });
                    }
                    column = column.saturating_add(repeated);
                }
                // Where a page breaks.
                Event::Start(_) => drop(self.paragraphs()?),
                Event::End(_) => return Ok(cells),
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }

    /// The text that a cell shows, up to the cell's end. What is drawn or noted at it is no part of it.
    fn paragraphs(&mut self) -> Result<String, Refusal> {
        let (mut text, mut depth, mut paragraphs, mut outside) = (String::new(), 0_u32, 0_u32, None);
        loop {
            self.buffer.clear();
            // A few bytes stand for many blanks.
            if text.len() as u64 > LONGEST {
                return Err(row_too_long());
            }
            match self.xml.read_event_into(&mut self.buffer).map_err(damaged)? {
                Event::Start(element) => {
                    depth += 1;
                    match element.name().as_ref() {
                        _ if outside.is_some() => {}
                        "text:p" if depth == 1 => {
                            if paragraphs > 0 {
                                text.push('\n');
                            }
                            paragraphs += 1;
                        }
                        _ if depth == 1 => outside = Some(depth),
                        "office:annotation" | "text:note" | "text:ruby-text" => outside = Some(depth),
                        // More blanks than a row may be long are no text of anybody's.
                        "text:s" => {
                            text.extend(std::iter::repeat_n(' ', count(&element, "text:c")?.min(1 << 10) as usize))
                        }
                        "text:tab" => text.push('\t'),
                        "text:line-break" => text.push('\n'),
                        _ => {}
                    }
                }
                Event::End(_) if depth == 0 => return Ok(text),
                Event::End(_) => {
                    outside = outside.filter(|begun| *begun != depth);
                    depth -= 1;
                }
                Event::Text(part) if outside.is_none() && depth > 0 => text.push_str(&part.xml10_content()),
                Event::CData(part) if outside.is_none() && depth > 0 => text.push_str(&part.xml10_content()),
                Event::GeneralRef(part) if outside.is_none() && depth > 0 => {
                    match (resolve_xml_entity(part.as_ref()), part.resolve_char_ref().map_err(damaged)?) {
                        (Some(named), _) => text.push_str(named),
                        (None, Some(char)) => text.push(char),
                        (None, None) => return Err(damaged(format!("it has an entity &{};", part.as_ref()))),
                    }
                }
                Event::Eof => return Err(cut_short()),
                _ => {}
            }
        }
    }
}

/// What a cell holds, beside the text that it shows.
enum Value {
    Number(String),
    Date(String),
    Time(String),
    Boolean(String),
    /// A text that is not what it shows.
    Text(String),
    /// Only what it shows.
    Shown,
}

impl Value {
    fn of(cell: &BytesStart) -> Result<Self, Refusal> {
        if attribute(cell, "calcext:value-type")?.as_deref() == Some("error") {
            return Ok(Self::Shown);
        }
        let value = |name: &str, kind: fn(String) -> Self| Ok(attribute(cell, name)?.map_or(Self::Shown, kind));
        match attribute(cell, "office:value-type")?.as_deref() {
            Some("float" | "percentage" | "currency") => value("office:value", Self::Number),
            Some("date") => value("office:date-value", Self::Date),
            Some("time") => value("office:time-value", Self::Time),
            Some("boolean") => value("office:boolean-value", Self::Boolean),
            _ => value("office:string-value", Self::Text),
        }
    }

    /// The value as a text that [`cell`] and [`moment`](crate::moment) read as what it is.
    fn text(self, shown: String) -> Result<String, Refusal> {
        Ok(match self {
            // Older programs write an error as a number that shows it.
            Self::Number(_) if shown.starts_with('#') || shown.starts_with("Err:") => shown,
            Self::Number(number) => {
                cell::of_number(number.trim().parse().map_err(|_| damaged(format!("{number} is no number")))?)
            }
            Self::Date(date) => date.parse::<DateTime>().ok().and_then(day_and_time).unwrap_or(date),
            Self::Time(time) => time_of_day(&time).unwrap_or(time),
            Self::Boolean(value) => value.to_uppercase(),
            Self::Text(text) => text,
            Self::Shown => shown,
        })
    }
}

/// `PT14H30M00S` as `14:30:00`; `None` if it is longer than a day.
fn time_of_day(duration: &str) -> Option<String> {
    let (hours, rest) = duration.strip_prefix("PT")?.split_once('H')?;
    let (minutes, seconds) = rest.strip_suffix('S')?.split_once('M')?;
    let seconds = seconds.split_once(['.', ',']).map_or(seconds, |(whole, _)| whole);
    let number = |text: &str| text.parse::<u8>().ok();
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    (hours < 24).then(|| format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

fn is_cell(element: &BytesStart) -> bool {
    matches!(element.name().as_ref(), "table:table-cell" | "table:covered-table-cell")
}

fn attribute(element: &BytesStart, name: &str) -> Result<Option<String>, Refusal> {
    let Some(attribute) = element.try_get_attribute(name).map_err(damaged)? else {
        return Ok(None);
    };
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(damaged)?;
    Ok(Some(value.into_owned()))
}

/// How often something stands there: once, if it does not say.
fn count(element: &BytesStart, name: &str) -> Result<u32, Refusal> {
    let Some(count) = attribute(element, name)? else {
        return Ok(1);
    };
    count.trim().parse().map_err(|_| damaged(format!("{count} is no number")))
}

fn row_too_long() -> Refusal {
    Refusal(told_too_long("a row of its sheet"))
}

fn cut_short() -> Refusal {
    damaged("it is cut short")
}

#[cfg(test)]
#[path = "ods/tests.rs"]
mod tests;
