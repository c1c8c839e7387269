//! The input of a batch: its rows, and what each of them asks for.

use std::io;

use csv::ByteRecord;
use plugin_host_core::error::ActionError;
use plugin_host_core::json;
use plugin_host_core::text::on_one_line;
use serde_json::Value;

use super::Refusal;
use super::csv::{Dialect, Records};
use super::encoding::Coding;
use super::group::{self, Groups, Keys};
use super::header::{Candidate, LAST};
use super::json_lines;
use super::layout::{Head, Layout};
use super::lines::Lines;
use super::names::Names;
use super::request::{Request, malformed_row};
use super::row::{Content, Row, Rows, sheet_row};
use super::spool::{Kind, Spool};
use super::workbook;

/// How an input is written, unless it is a workbook: that is known by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and a record for each row, with `,`, `;`, `|` or tabs between the cells.
    Csv,
    /// A JSON object on each line; or an array of them.
    Ndjson,
}

/// An input that was read once, to the end, and can be used.
pub struct Table {
    spool: Spool,
    names: Names,
    layout: Layout,
    /// The action's field that names what a row changes.
    subject: Option<String>,
    /// Whether dates were read in somebody's time zone.
    local: bool,
    /// How many inputs there are: rows, or groups of rows.
    pub rows: u64,
    /// The columns that mean nothing to the action: they are not sent.
    pub carried: Vec<String>,
    /// How the input was read, where that could be otherwise: sentences for people.
    pub notes: Vec<String>,
}

impl Table {
    /// Reads the input once: counts its rows and checks its columns. Of a workbook it is the sheet of
    /// this name or number that is read, or the first with a header that fits.
    ///
    /// # Errors
    /// If it can't be read as what it should be, or lacks a column that the action requires.
    pub fn survey(
        spool: Spool,
        format: Format,
        sheet: Option<&str>,
        names: Names,
        subject: Option<&str>,
    ) -> Result<Self, Refusal> {
        let (spool, layout, notes) = match (spool.kind, format) {
            (Kind::Other(what), _) => {
                return Err(Refusal(format!("it is {what}: give a workbook, a CSV file, or JSON on lines")));
            }
            (Kind::Zip | Kind::Compound, _) => of_workbook(&spool, sheet, &names)?,
            (Kind::Text, _) if sheet.is_some() => {
                return Err(Refusal("--sheet is for workbooks, and it is a text".to_owned()));
            }
            (Kind::Text, Format::Csv) => of_csv(spool, &names)?,
            (Kind::Text, Format::Ndjson) if !names.group_by().is_empty() => {
                let why = "--group-by is for columns: an object of JSON has its lists within it";
                return Err(Refusal(why.to_owned()));
            }
            (Kind::Text, Format::Ndjson) => of_json(spool)?,
        };
        let subject = subject.map(str::to_owned);
        let mut table = Self { spool, names, layout, subject, local: false, rows: 0, carried: Vec::new(), notes };
        let mut columns = match &table.layout {
            Layout::Cells { head, .. } => head.columns(),
            Layout::Ndjson => Vec::new(),
        };
        columns.retain(|column| !column.is_empty());
        let mut rows = table.rows()?;
        let (mut count, mut local, mut guessed, mut malformed, mut nested) = (0, false, None, None, None);
        let (mut in_groups, mut groups) = (0, Vec::new());
        while let Some(row) = rows.next()? {
            count += 1;
            local |= table.request(&row).is_ok_and(|request| request.local);
            match (&row.content, &table.layout) {
                (Content::Cells(cells), Layout::Cells { coding, head, .. }) => {
                    if coding.guessed && head.sends_letters(cells) {
                        guessed.get_or_insert((row.line, coding.encoding.name()));
                    }
                }
                (Content::Group(group), Layout::Cells { coding, head, .. }) => {
                    in_groups += group.count;
                    groups.extend(rows.mark().map(|mark| (mark, row.line)));
                    let guess = group.rows.iter().find(|(_, cells)| coding.guessed && head.sends_letters(cells));
                    guessed = guessed.or(guess.map(|(line, _)| (*line, coding.encoding.name())));
                }
                (Content::Json(line), _) => {
                    let object = json::object(line).unwrap_or_else(|why| {
                        malformed.get_or_insert((row.line, why));
                        json::Object::default()
                    });
                    for (name, value) in object.iter() {
                        if value.get().starts_with('[') {
                            nested.get_or_insert(name.to_owned());
                        }
                        let name = on_one_line(name);
                        if columns.len() < 1000 && !columns.contains(&name) {
                            columns.push(name);
                        }
                    }
                }
                _ => {}
            }
        }
        drop(rows);
        if count == 0 {
            return Err(Refusal("there are no rows in it".to_owned()));
        }
        table.names.check_columns(&columns).map_err(|refusal| match malformed.filter(|_| columns.is_empty()) {
            Some((line, why)) => Refusal(format!("no row of it can be read. Line {line}: {}", malformed_row(&why))),
            None => table.looked_for(refusal, nested.filter(|_| count == 1)),
        })?;
        if let Some((line, encoding)) = guessed {
            return Err(Refusal(format!(
                "line {line} sends letters that are no ASCII, and how they are encoded was only guessed: if it is {encoding}, say --encoding {encoding}; or save the file as \"CSV UTF-8\""
            )));
        }
        group::check(groups, table.names.group_by())?;
        if in_groups > 0 {
            let by = table.names.group_by().join(" and ");
            table.notes.push(format!("{in_groups} rows make {count} inputs, by {by}."));
        }
        columns.retain(|name| match &table.layout {
            Layout::Cells { .. } => table.names.column(name).is_none(),
            Layout::Ndjson => table.names.field(name).is_none(),
        });
        table.rows = count;
        table.carried = columns;
        table.local = local;
        if local {
            let zone = table.names.zone_name();
            table.notes.push(format!("Dates without a time zone are read in {zone} (--timezone names another)."));
        }
        Ok(table)
    }

    /// Where the header was looked for that lacks a column; `nested` is the member of the only object
    /// that is an array.
    fn looked_for(&self, refusal: Refusal, nested: Option<String>) -> Refusal {
        match &self.layout {
            Layout::Cells { head, .. } => Refusal(format!(
                "{} (the header was looked for in the first {LAST} lines, and line {} is most like one)",
                refusal.0, head.line
            )),
            Layout::Ndjson => match nested {
                Some(name) => {
                    let (why, name) = (refusal.0, Value::from(name));
                    Refusal(format!("{why}. If the rows are in {name}: jq -c '.[{name}][]' FILE puts each on a line"))
                }
                None => refusal,
            },
        }
    }

    /// The SHA-256 of the input, in hex.
    pub fn sha256(&self) -> &str {
        &self.spool.sha256
    }

    /// All that decides what becomes of a row, beside the input, as text.
    pub fn fingerprint(&self) -> String {
        self.names.fingerprint(self.local)
    }

    /// The field that names what a row changes; empty if the action has none.
    pub fn subject(&self) -> &str {
        self.subject.as_deref().unwrap_or_default()
    }

    /// Whether it is a workbook's sheet.
    pub fn is_workbook(&self) -> bool {
        matches!(self.layout, Layout::Cells { dialect: None, .. })
    }

    /// How the rows are laid out.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// By which columns rows make one input.
    pub fn keys(&self) -> Keys {
        match &self.layout {
            Layout::Cells { head, .. } => Keys::of(&head.group_by),
            Layout::Ndjson => Keys::of(&[]),
        }
    }

    /// What its inputs are called.
    pub fn unit(&self) -> &'static str {
        if self.names.group_by().is_empty() { "rows" } else { "groups of rows" }
    }

    /// The inputs from the beginning: rows, or groups of them. One reader at a time.
    ///
    /// # Errors
    /// If the input's copy can't be read.
    pub fn rows(&self) -> io::Result<Groups<'_>> {
        Ok(Groups::new(self.each_row()?, self.keys()))
    }

    /// The rows from the beginning, one by one. One reader at a time.
    ///
    /// # Errors
    /// If the input's copy can't be read.
    pub fn each_row(&self) -> io::Result<Rows<'_>> {
        let reader = self.spool.reader()?;
        match &self.layout {
            Layout::Cells { dialect: Some(dialect), head, .. } => {
                let mut records = Records::new(reader, *dialect)?;
                while records.next(&mut ByteRecord::new())?.is_some_and(|line| line < head.line) {}
                Ok(Rows::Csv(Box::new(records)))
            }
            Layout::Cells { dialect: None, head, .. } => {
                let mut lines = Lines::new(reader);
                while sheet_row(&mut lines, &mut ByteRecord::new())?.is_some_and(|line| line < head.line) {}
                Ok(Rows::Sheet(lines))
            }
            Layout::Ndjson => Ok(Rows::Ndjson(Lines::new(reader))),
        }
    }

    /// What a row asks for.
    ///
    /// # Errors
    /// If it is not a row of such a table; the message tells what is wrong.
    pub fn request(&self, row: &Row) -> Result<Request, Box<ActionError>> {
        Request::of(row, &self.layout, &self.names, self.subject.as_deref())
    }
}

/// An input as it is read: its text, its layout, and what is to be told of it.
type Read = (Spool, Layout, Vec<String>);

fn of_csv(spool: Spool, names: &Names) -> Result<Read, Refusal> {
    let coding = spool.coding;
    let found = Dialect::detect(|| spool.reader(), |cells| names.fit(cells.iter()))?;
    let (dialect, Candidate { line, cells, fit }) = found.ok_or(Refusal("it is empty".to_owned()))?;
    if !fit.whole && matches!(cells.get(0).and_then(|cell| cell.trim_ascii_start().first()), Some(b'{' | b'[')) {
        return Err(Refusal("it looks like JSON: say --format ndjson, which is for arrays, too".to_owned()));
    }
    let as_one = |delimiter: &u8| cells.len() == 1 && names.fit(cells[0].split(|byte| byte == delimiter)).whole;
    if b",;\t|".iter().any(as_one) {
        let why = "each of its lines is in quotation marks as a whole, and so is one cell: save it anew with a cell for each column";
        return Err(Refusal(why.to_owned()));
    }
    let head = Head::of(line, cells, names);
    head.check(names)?;
    let mut notes = Vec::new();
    if coding.guessed {
        let name = coding.encoding.name();
        notes.push(format!("Read as {name}, which was recognised (--encoding names another)."));
    }
    if line > dialect.declared + 1 {
        notes.push(format!("The header is in line {line}; what stands above it is left out."));
    }
    Ok((spool, Layout::Cells { dialect: Some(dialect), coding, head }, notes))
}

fn of_workbook(spool: &Spool, sheet: Option<&str>, names: &Names) -> Result<Read, Refusal> {
    let workbook::Sheet { rows, name, header } = workbook::read(spool, sheet, |cells| names.fit(cells.iter()))?;
    let empty = || Refusal(format!("its sheet {name} is empty: name another with --sheet"));
    let Candidate { line, cells, .. } = header.ok_or_else(empty)?;
    let head = Head::of(line, cells, names);
    head.check(names)?;
    let above = if line > 1 { format!("; its header is in line {line}") } else { String::new() };
    let notes = vec![format!("Read from the sheet {name}{above}.")];
    Ok((rows, Layout::Cells { dialect: None, coding: Coding::MARKED, head }, notes))
}

fn of_json(spool: Spool) -> Result<Read, Refusal> {
    let (spool, anew) = json_lines::on_lines(spool)?;
    let told = "The objects are not on lines of their own: \"line\" counts them.";
    Ok((spool, Layout::Ndjson, if anew { vec![told.to_owned()] } else { Vec::new() }))
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;

    fn survey(text: &str, format: Format) -> Result<Table, String> {
        let spool = Spool::copy(text.as_bytes(), None).unwrap();
        Table::survey(spool, format, None, names(&[], &[]), Some("id")).map_err(|refusal| refusal.0)
    }

    #[test]
    fn rows_are_counted_and_read_with_their_lines() {
        let table =
            survey("id;Status;customer;\r\n1;paid;x;\r\n\r\n;;;\r\n2;sent;\"a\r\nb\";\r\n3;paid;;\r\n", Format::Csv)
                .unwrap();
        assert_eq!((table.rows, table.carried.as_slice()), (3, &["customer".to_owned()][..]));
        let mut rows = table.rows().unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push((row.line, table.request(&row).unwrap().input));
        }
        let row = |line, id, status| (line, format!(r#"{{"id":"{id}","status":"{status}"}}"#));
        assert_eq!(found, [row(2, 1, "paid"), row(5, 2, "sent"), row(7, 3, "paid")]);
    }

    #[test]
    fn json_on_lines_is_counted_and_its_unknown_names_are_known() {
        let table = survey("\u{feff}{\"id\":1,\"note\":2}\n\nno json\n{\"Status\":1}", Format::Ndjson).unwrap();
        assert_eq!((table.rows, table.carried.as_slice()), (3, &["note".to_owned()][..]));
        let mut rows = table.rows().unwrap();
        let lines: Vec<_> = std::iter::from_fn(|| rows.next().unwrap()).map(|row| row.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }

    #[test]
    fn an_input_that_can_not_be_used_is_refused_as_a_whole() {
        for (text, format, why) in [
            ("", Format::Csv, "empty"),
            ("id,status\n", Format::Csv, "no rows"),
            ("\n\n", Format::Ndjson, "no rows"),
            ("id,customer\n1,x\n", Format::Csv, "no column for status"),
            ("{\"id\":1}", Format::Ndjson, "no column for status"),
            ("{\"id\":1,\"status\":1,\"id\":2}", Format::Ndjson, "Line 1: id is given twice"),
            ("id,status,Order Number\n1,x,1\n", Format::Csv, "id and Order Number are both taken for id"),
            ("\"id;status;\"\"x\"\"\"\n\"1;a;b\"\n", Format::Csv, "each of its lines is in quotation marks"),
            ("{\"orders\":[{\"id\":1,\"status\":\"x\"}]}", Format::Ndjson, "jq -c '.[\"orders\"][]' FILE"),
            ("[[\"id\"]]", Format::Ndjson, "Line 1: The row is a JSON array: give an object"),
            ("id\u{1},status\n1,x\n", Format::Csv, "CSV UTF-8"),
            ("id,\"cust\r\nomer\"\n1,x\n", Format::Csv, "The columns: id, cust omer"),
            (" [{\"id\":1,\"status\":\"x\"}]", Format::Csv, "--format ndjson"),
            ("{\"id\":1,\"status\":\"x\"}\n", Format::Csv, "--format ndjson"),
            ("id,status\n\"1,x\n", Format::Csv, "line 2 opens a quotation mark"),
        ] {
            let refusal = survey(text, format).err().unwrap();
            assert!(refusal.contains(why), "{why} is not in {refusal}");
        }
    }
}
