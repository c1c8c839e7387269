//! Rows that make one input: those that stand one behind the other and have the same in the columns
//! of `--group-by`.
//!
//! Only one group is in memory, whatever the file's length. So rows of a group stand together; one
//! that comes back later is found when the input is read for the first time.

use std::io;

use csv::ByteRecord;
use plugin_host_core::error::ActionError;
use plugin_host_core::path::{MOST_ENTRIES, Path, Step};
use plugin_host_core::subject::Subject;
use sha2::{Digest, Sha256};

use super::Refusal;
use super::row::{Content, Group, Row, Rows};

/// Tells which rows belong together.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The columns that are compared; none if each row is an input.
    columns: Vec<usize>,
    /// Where the last row's group begins, and what it has in these columns.
    last: Option<(u64, Key)>,
}

/// What a row has in the columns; nothing if that is nothing.
type Key = Option<Vec<String>>;

impl Keys {
    /// By these columns.
    pub fn of(columns: &[usize]) -> Self {
        Self { columns: columns.to_vec(), last: None }
    }

    /// The line on which the group of this row begins, if the rows come in their order.
    pub fn begins(&mut self, row: &Row) -> u64 {
        let Content::Cells(cells) = &row.content else {
            return row.line;
        };
        let key = self.key(cells);
        match &self.last {
            Some((line, last)) if key.is_some() && *last == key => *line,
            _ => {
                self.last = Some((row.line, key));
                row.line
            }
        }
    }

    fn key(&self, cells: &ByteRecord) -> Key {
        let cell = |column: &usize| {
            let text = String::from_utf8_lossy(cells.get(*column).unwrap_or_default());
            Subject::canonical(&text).into_owned()
        };
        let key: Vec<_> = self.columns.iter().map(cell).collect();
        key.iter().any(|text| !text.is_empty()).then_some(key)
    }
}

/// Inputs, one after the other: each of one row, or of several.
pub struct Groups<'a> {
    rows: Rows<'a>,
    keys: Keys,
    /// A row that was read and belongs to the next group.
    behind: Option<Row>,
    /// What the last group has in the columns.
    key: Key,
}

impl<'a> Groups<'a> {
    /// Of rows from their beginning.
    pub fn new(rows: Rows<'a>, keys: Keys) -> Self {
        Self { rows, keys, behind: None, key: None }
    }

    /// The next input's row or rows; `None` at the end.
    ///
    /// # Errors
    /// If the input can't be read on.
    pub fn next(&mut self) -> io::Result<Option<Row>> {
        let first = match self.behind.take() {
            Some(row) => Some(row),
            None => self.rows.next()?,
        };
        let first = match first {
            Some(first) if !self.keys.columns.is_empty() => first,
            other => return Ok(other),
        };
        let line = self.keys.begins(&first);
        self.key = self.keys.last.as_ref().and_then(|(_, key)| key.clone());
        let mut group = Group { rows: Vec::new(), count: 0 };
        group.add(first);
        while let Some(row) = self.rows.next()? {
            if self.keys.begins(&row) != line {
                self.behind = Some(row);
                break;
            }
            group.add(row);
        }
        Ok(Some(Row { line, content: Content::Group(group) }))
    }

    /// A mark of what the last group has in the columns; none if that is nothing.
    pub fn mark(&self) -> Option<Mark> {
        let text = serde_json::to_string(self.key.as_ref()?).ok()?;
        let mut mark = Mark::default();
        mark.copy_from_slice(&Sha256::digest(text)[..16]);
        Some(mark)
    }
}

impl Group {
    fn add(&mut self, row: Row) {
        self.count += 1;
        if let Content::Cells(cells) = row.content
            && self.rows.len() < MOST_ENTRIES
        {
            self.rows.push((row.line, cells));
        }
    }
}

/// Half of a SHA-256: no two groups have the same.
pub type Mark = [u8; 16];

/// Checks that no group comes back: its rows would make two inputs.
///
/// # Errors
/// If one does; the text tells where.
pub fn check(mut groups: Vec<(Mark, u64)>, by: &[String]) -> Result<(), Refusal> {
    groups.sort_unstable();
    let twice = groups.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    match twice.map(|pair| (pair[1].1, pair[0].1)).min() {
        Some((again, first)) => Err(Refusal(format!(
            "line {again} has the same {} as line {first}, and others stand between them: sort the rows by it, so that those that belong together stand together",
            by.join(" and ")
        ))),
        None => Ok(()),
    }
}

/// On which line of the input each entry of a list stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(Vec<(Path, Vec<u64>)>);

impl Lines {
    /// Notes the line of the next entry of a list, and returns the entry's place.
    pub fn add(&mut self, list: &Path, line: u64) -> usize {
        let place = self.0.iter().position(|(known, _)| known == list).unwrap_or_else(|| {
            self.0.push((list.clone(), Vec::new()));
            self.0.len() - 1
        });
        let lines = &mut self.0[place].1;
        lines.push(line);
        lines.len() - 1
    }

    /// Tells in an error on which line of the input the entries stand that it is about.
    pub fn tell(&self, error: &mut ActionError) {
        for problem in &mut error.problems {
            if let Some(line) = self.line(&problem.field) {
                let told = format!("{} (line {line})", problem.message.trim_end_matches('.'));
                error.message = error.message.replacen(&problem.message, &told, 1);
                problem.message = told;
            }
        }
    }

    fn line(&self, field: &str) -> Option<u64> {
        let path = Path::read(field).ok()?;
        let before = path.steps.iter().position(|step| matches!(step, Step::At(_)))?;
        let Step::At(place) = path.steps[before] else { return None };
        let list = Path { field: path.field, steps: path.steps[..before].to_vec() };
        self.0.iter().find(|(known, _)| *known == list)?.1.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use plugin_host_core::error::Problem;

    use super::super::names::tests::names;
    use super::super::spool::Spool;
    use super::super::table::{Format, Table};
    use super::*;

    fn survey(text: &str, by: &[&str]) -> Result<Table, String> {
        let names = names(&[], &[]).grouped(by.iter().map(|name| (*name).to_owned()).collect());
        let spool = Spool::copy(text.as_bytes(), None).unwrap();
        Table::survey(spool, Format::Csv, None, names, Some("id")).map_err(|refusal| refusal.0)
    }

    /// Each input with the line on which it begins, or what is wrong with it.
    fn inputs(text: &str, by: &[&str]) -> Vec<(u64, Result<String, String>)> {
        let table = survey(text, by).unwrap();
        let mut rows = table.rows().unwrap();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push((row.line, table.request(&row).map(|it| it.input).map_err(|error| error.message)));
        }
        assert_eq!(table.rows, found.len() as u64);
        found
    }

    #[test]
    fn rows_that_stand_together_make_one_input_and_a_line_of_a_list_each() {
        let text =
            "id,Status,goods[].sku,goods.count,note\n7,paid,A,1,x\n007,,B,2,y\n8,sent,,,\n8,sent,C,,\n9,paid,,,\n";
        let input = |line, json: &str| (line, Ok(json.to_owned()));
        assert_eq!(
            inputs(text, &["ID"]),
            [
                input(2, r#"{"goods":[{"count":1,"sku":"A"},{"count":2,"sku":"B"}],"id":"7","status":"paid"}"#),
                input(4, r#"{"goods":[{"sku":"C"}],"id":"8","status":"sent"}"#),
                input(6, r#"{"id":"9","status":"paid"}"#),
            ]
        );
        let table = survey(text, &["id"]).unwrap();
        assert!(table.notes.contains(&"5 rows make 3 inputs, by id.".to_owned()), "{:?}", table.notes);
        assert_eq!(table.carried, ["note"]);
        let mut rows = table.rows().unwrap();
        let first = rows.next().unwrap().unwrap();
        let request = table.request(&first).unwrap();
        let mut error = ActionError::invalid_input("goods[1].count must be more; id is unknown.");
        let problem = |field: &str, message: &str| Problem { field: field.to_owned(), message: message.to_owned() };
        error.problems = vec![problem("goods[1].count", "goods[1].count must be more"), problem("id", "id is unknown")];
        request.lines.tell(&mut error);
        assert_eq!(error.message, "goods[1].count must be more (line 3); id is unknown.");
    }

    #[test]
    fn several_columns_and_one_that_is_no_field_tell_what_belongs_together_too() {
        let text = "shop,nr,id,status,goods.sku\na,1,5,paid,A\na,1,,,B\nb,1,6,paid,C\n";
        let lines: Vec<_> =
            inputs(text, &["shop", "nr"]).into_iter().map(|(line, input)| (line, input.is_ok())).collect();
        assert_eq!(lines, [(2, true), (4, true)]);
    }

    #[test]
    fn what_is_wrong_with_a_group_is_told_with_its_lines() {
        for (rows, told) in [
            ("7,paid,A,1\n7,sent,B,1\n", "status is one thing in line 2 and another in line 3, which have the same id"),
            (
                "7,paid,A,1\n7,,B,#N/A\n",
                "goods[].count is #N/A, a spreadsheet's error: mend the formula, or put the value itself there (line 3).",
            ),
            (",paid,A,1\n", "The row has no id, which tells what it belongs to (--group-by)."),
        ] {
            let found = inputs(&format!("id,status,goods[].sku,goods[].count\n{rows}"), &["id"]);
            assert_eq!(found[0].1.clone().unwrap_err().replace(": make them the same.", ""), told);
        }
        let many = "7,paid,A,1\n".repeat(1001);
        let found = inputs(&format!("id,status,goods[].sku,goods[].count\n{many}8,paid,A,1\n"), &["id"]);
        assert!(
            found[0].1.as_ref().unwrap_err().starts_with("1001 rows have the same id, and 1000 at most"),
            "{found:?}"
        );
        assert_eq!((found.len(), found[1].0, found[1].1.is_ok()), (2, 1003, true));
    }

    #[test]
    fn what_can_not_be_grouped_is_refused_before_anything_is_sent() {
        let header = "id,status,goods[].sku\n";
        for (text, by, told) in [
            (
                format!("{header}7,paid,A\n8,paid,B\n9,paid,C\n7.0,paid,D\n8,paid,E\n"),
                &["id"][..],
                "line 5 has the same id as line 2",
            ),
            (format!("{header}7,paid,A\n"), &["order"], "--group-by names the column order, which is not there"),
            (
                format!("{header}7,paid,A\n"),
                &[],
                "the column goods[].sku holds one line of several: name the lines one by one, as in goods[0].sku, or say with --group-by",
            ),
        ] {
            let refusal = survey(&text, by).err().unwrap();
            assert!(refusal.contains(told), "{refusal}");
        }
        let spool = Spool::copy(&b"{\"id\":1,\"status\":\"x\"}"[..], None).unwrap();
        let names = names(&[], &[]).grouped(vec!["id".to_owned()]);
        let refusal = Table::survey(spool, Format::Ndjson, None, names, None).err().unwrap().0;
        assert!(refusal.starts_with("--group-by is for columns"), "{refusal}");
    }
}
