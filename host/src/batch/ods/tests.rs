use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::*;

fn archive(entries: &[(&str, &str)]) -> Cursor<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap()
}

fn content(tables: &str) -> Cursor<Vec<u8>> {
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">
        <office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
        <style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
        <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[("content.xml", &text)])
}

fn read(rows: &str) -> Result<Vec<(u32, u32, String)>, String> {
    let mut found = Vec::new();
    let file = content(&format!(r#"<table:table table:name="S">{rows}</table:table>"#));
    let on_cell = |row, column, text| {
        found.push((row, column, text));
        if found.len() > 100 { Err(Refusal("enough".to_owned())) } else { Ok(()) }
    };
    cells(file, "S", on_cell).map_err(|refusal| refusal.0)?;
    Ok(found)
}

fn text_of(cell: &str) -> String {
    let found = read(&format!("<table:table-row>{cell}</table:table-row>")).unwrap();
    found.into_iter().map(|(.., text)| text).collect()
}

#[test]
fn a_cell_is_what_it_holds_and_not_how_it_is_shown() {
    for (cell, text) in [
        (r#"office:value-type="float" office:value="80080000000001"><text:p>8,01E+13</text:p>"#, "80080000000001"),
        (r#"office:value-type="float" office:value="100010"><text:p>100 010,00</text:p>"#, "100010"),
        (r#"office:value-type="float" office:value="1.5"><text:p>1,5</text:p>"#, "1.5"),
        (
            r#"office:value-type="float" office:value="8.00800000000012E+018"><text:p>8</text:p>"#,
            "8.00800000000012E+18",
        ),
        (r#"office:value-type="currency" office:currency="RUB" office:value="7"><text:p>7 ₽</text:p>"#, "7"),
        (r#"office:value-type="date" office:date-value="2026-11-25"><text:p>25.11.26</text:p>"#, "2026-11-25"),
        (
            r#"office:value-type="date" office:date-value="2026-11-25T14:30:00"><text:p>25.11.</text:p>"#,
            "2026-11-25 14:30:00",
        ),
        (r#"office:value-type="date" office:date-value="2026-11-25T14:29:59.999999999">"#, "2026-11-25 14:30:00"),
        (r#"office:value-type="date" office:date-value="soon">"#, "soon"),
        (r#"office:value-type="time" office:time-value="PT14H30M00S"><text:p>14:30</text:p>"#, "14:30:00"),
        (r#"office:value-type="time" office:time-value="PT36H30M00S"><text:p>36:30</text:p>"#, "PT36H30M00S"),
        (r#"office:value-type="boolean" office:boolean-value="true"><text:p>ИСТИНА</text:p>"#, "TRUE"),
        (
            r#"office:value-type="string"><text:p>RA1<text:s text:c="2"/>&amp;<text:span>2</text:span>&#8470;</text:p><text:p>b<text:tab/></text:p>"#,
            "RA1  &2№\nb\t",
        ),
        (r#"office:value-type="string" office:string-value="007"><text:p>7</text:p>"#, "007"),
        (r#"office:value-type="string"><text:p><![CDATA[<7>]]></text:p>"#, "<7>"),
        (
            r#"table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>"#,
            "#DIV/0!",
        ),
        (r#"table:formula="of:=NA()" office:value-type="float" office:value="0"><text:p>#N/A</text:p>"#, "#N/A"),
        (
            r#"office:value-type="float" office:value="7"><office:annotation><text:p>look</text:p></office:annotation><text:p>7</text:p>"#,
            "7",
        ),
        (
            r#"office:value-type="string"><office:annotation><text:p>look</text:p></office:annotation><text:p>7</text:p><draw:frame><text:p>no</text:p></draw:frame>"#,
            "7",
        ),
        (r#"table:formula="of:=[.A1]">"#, "#UNCOMPUTED!"),
        (r#"table:formula="of:=[.A1]" office:value-type="string">"#, ""),
        (">", ""),
    ] {
        assert_eq!(text_of(&format!("<table:table-cell {cell}</table:table-cell>")), text, "{cell}");
    }
}

#[test]
fn repeated_cells_and_rows_stand_where_they_stand() {
    let rows = r#"<table:table-column table:number-columns-repeated="3"/>
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-header-rows><table:table-row><table:table-cell table:number-columns-repeated="2"/><text:soft-page-break/>
            <table:covered-table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>a</text:p></table:covered-table-cell>
            <table:table-cell table:number-columns-repeated="16380"/></table:table-row></table:table-header-rows>
        <table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>
        <table:table-row table:number-rows-repeated="1048571"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let cell = |row, column, text: &str| (row, column, text.to_owned());
    assert_eq!(read(rows).unwrap(), [cell(2, 2, "a"), cell(2, 3, "a"), cell(3, 0, "1"), cell(4, 0, "1")]);
}

#[test]
fn sheets_are_known_by_name_and_whether_they_can_be_seen() {
    let file = content(
        r#"<table:tracked-changes/><table:table table:name="May &amp; June" table:style-name="ta1"><table:table-row/></table:table>
        <table:table table:name="Old" table:style-name="ta2"/><table:table table:name="'file:///a.ods'#S" table:style-name="ta2"/>"#,
    );
    assert_eq!(names(file).unwrap(), [("May & June".to_owned(), true), ("Old".to_owned(), false)]);
}

#[test]
fn what_is_cut_short_or_damaged_is_refused_and_nothing_is_waited_for() {
    let row = r#"<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>"#;
    let whole = format!(r#"<table:table table:name="S">{row}</table:table>"#);
    for end in 28..whole.len() {
        if whole.is_char_boundary(end) {
            let file = archive(&[("content.xml", &whole[..end])]);
            let read = cells(file, "S", |_, _, _| Ok(()));
            assert!(read.unwrap_err().0.contains("damaged"), "{end}");
        }
    }
    for cell in [
        r#"office:value-type="float" office:value="1,5">"#,
        r#"table:number-columns-repeated="-1">"#,
        r#"office:value-type="string"><text:p>&nbsp;</text:p>"#,
    ] {
        let refusal = read(&format!("<table:table-row><table:table-cell {cell}</table:table-cell></table:table-row>"));
        assert!(refusal.unwrap_err().contains("damaged"), "{cell}");
    }
}

#[test]
fn a_password_is_told_from_damage() {
    let entry =
        r#"<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>"#;
    for entries in [
        &[("META-INF/manifest.xml", entry), ("content.xml", "garbage")][..],
        &[("encrypted-package", "garbage"), ("META-INF/manifest.xml", "")],
    ] {
        assert!(check_password(archive(entries)).unwrap_err().0.contains("password"));
    }
    assert!(check_password(archive(&[("content.xml", ""), ("META-INF/manifest.xml", "<a/>")])).is_ok());
}

#[test]
fn few_bytes_that_stand_for_many_blanks_are_refused_before_they_fill_the_memory() {
    let cell = |blanks: usize| {
        let blanks = r#"<text:s text:c="1024"/>"#.repeat(blanks);
        format!("<table:table-cell><text:p>x{blanks}</text:p></table:table-cell>")
    };
    let row = |cells: &str| read(&format!("<table:table-row>{cells}</table:table-row>"));
    for cells in [cell(1025), cell(600).repeat(2)] {
        assert!(row(&cells).unwrap_err().contains("longer than a row can be (1024 kB)"));
    }
    assert_eq!(row(&cell(1000)).unwrap().len(), 1);
}
