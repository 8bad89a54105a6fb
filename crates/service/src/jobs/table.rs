//! A file of rows, read piece by piece: any encoding, any separator, any line ending, and nothing in it makes it use more memory than a
//! few lines take.
//!
//! What breaks one row must not break the next: after a quotation mark that is never closed, or a line without end, reading goes on
//! with the next line of the file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv_core::ReadRecordResult;
use domain::job::{Column, ENCODINGS, RowProblem};
use domain::limits;
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at once.
const PIECE: usize = 64 << 10;
/// Separators that are looked for.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows that a separator and the meaning of columns are guessed from.
const SAMPLE: usize = 50;

/// One row as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRow {
    /// The line it begins in, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
    /// What is wrong with all of it.
    pub problem: Option<RowProblem>,
}

/// A file being read.
pub(super) struct Table {
    file: File,
    decoder: Decoder,
    delimiter: u8,
    reader: csv_core::Reader,
    /// Text that was read and not yet taken, from `start` on.
    window: Vec<u8>,
    start: usize,
    at_end: bool,
    /// Bytes of the file read so far.
    pub(super) bytes: u64,
    line: u64,
    /// Columns a row should have; 0 while unknown.
    pub(super) columns: usize,
    piece: Vec<u8>,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Table {
    pub(super) fn open(path: &Path, encoding: &'static Encoding, delimiter: u8) -> io::Result<Self> {
        Ok(Self {
            file: File::open(path)?,
            decoder: encoding.new_decoder_with_bom_removal(),
            delimiter,
            reader: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            window: Vec::new(),
            start: 0,
            at_end: false,
            bytes: 0,
            line: 1,
            columns: 0,
            piece: vec![0; PIECE],
            output: vec![0; limits::IMPORT_LINE + PIECE],
            ends: vec![0; limits::IMPORT_COLUMNS + 1],
        })
    }

    /// Reads some more of the file as text.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.window.drain(..self.start);
            self.start = 0;
        }
        let read = self.file.read(&mut self.piece)?;
        self.bytes += u64::try_from(read).unwrap_or(0);
        self.at_end = read == 0;
        let most = self.decoder.max_utf8_buffer_length(read).unwrap_or(PIECE * 4);
        let before = self.window.len();
        self.window.resize(before + most, 0);
        let (_, _, written, _) =
            self.decoder.decode_to_utf8(&self.piece[..read], &mut self.window[before..], self.at_end);
        self.window.truncate(before + written);
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.window[self.start..]
    }

    /// Leaves so many bytes behind, and counts their lines. A lone carriage return ends a line as well.
    fn skip(&mut self, bytes: usize) {
        let text = &self.window[self.start..self.start + bytes];
        let mut lines = 0;
        for (index, byte) in text.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.window.get(self.start + index + 1) != Some(&b'\n'),
                _ => false,
            };
            lines += u64::from(ends);
        }
        self.line += lines;
        self.start += bytes;
    }

    /// How many bytes the first line of what is waiting takes, with its ending.
    fn first_line(&self) -> Option<usize> {
        let rest = self.rest();
        let at = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        Some(at + if rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n') { 2 } else { 1 })
    }

    /// The next row that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        loop {
            // Empty lines are no rows, and no row begins with the end of the line before.
            let blank = self.rest().iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            self.skip(blank);
            if self.rest().is_empty() {
                if self.at_end {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            let line = self.line;
            self.reader.reset();
            let (mut result, mut taken, written, mut cells) =
                self.reader.read_record(&self.window[self.start..], &mut self.output, &mut self.ends);
            if result == ReadRecordResult::InputEmpty {
                if !self.at_end && taken < limits::IMPORT_LINE {
                    self.fill()?;
                    continue;
                }
                if self.at_end {
                    let (ended, _, _, more) =
                        self.reader.read_record(&[], &mut self.output[written..], &mut self.ends[cells..]);
                    result = ended;
                    cells += more;
                    taken = self.rest().len();
                }
            }
            match result {
                ReadRecordResult::Record => {
                    let text = &self.window[self.start..self.start + taken];
                    let several = self.first_line().is_some_and(|first| first < taken);
                    let odd = self.at_end
                        && self.start + taken == self.window.len()
                        && text.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
                    let wrong = odd
                        || self.columns > 0 && cells != self.columns
                        || !is_well_quoted(text, self.delimiter);
                    if several && wrong {
                        return Ok(Some(self.broken(line, RowProblem::Quotes)));
                    }
                    let row = self.row(line, cells, odd);
                    self.skip(taken);
                    if row.cells.iter().all(|cell| cell.trim().is_empty()) {
                        continue;
                    }
                    return Ok(Some(row));
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputEndsFull => {
                    return Ok(Some(self.broken(line, RowProblem::TooManyColumns)));
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputFull => {
                    let problem = if self.first_line().is_some() {
                        RowProblem::Quotes
                    } else {
                        RowProblem::LineTooLong
                    };
                    return self.too_long(line, problem).map(Some);
                }
            }
        }
    }

    fn row(&self, line: u64, cells: usize, odd: bool) -> RawRow {
        let mut from = 0;
        let mut texts = Vec::with_capacity(cells);
        for end in &self.ends[..cells] {
            texts.push(String::from_utf8_lossy(&self.output[from..*end]).into_owned());
            from = *end;
        }
        let problem = if odd {
            Some(RowProblem::Quotes)
        } else if self.columns > 0
            && cells > self.columns
            && texts[self.columns..].iter().any(|cell| !cell.trim().is_empty())
        {
            Some(RowProblem::TooManyColumns)
        } else {
            None
        };
        RawRow { line, cells: texts, problem }
    }

    /// A row that cannot be read: only its first line is left behind.
    fn broken(&mut self, line: u64, problem: RowProblem) -> RawRow {
        let length = self.first_line().unwrap_or(self.rest().len());
        let text = String::from_utf8_lossy(&self.rest()[..length.min(200)]).trim_end().to_owned();
        self.skip(length);
        RawRow { line, cells: vec![text], problem: Some(problem) }
    }

    /// A row that does not end within what one may take.
    fn too_long(&mut self, line: u64, problem: RowProblem) -> io::Result<RawRow> {
        let row = RawRow {
            line,
            cells: vec![String::from_utf8_lossy(&self.rest()[..self.rest().len().min(200)]).into_owned()],
            problem: Some(problem),
        };
        loop {
            match self.first_line() {
                Some(length) => {
                    self.skip(length);
                    return Ok(row);
                }
                None if self.at_end => {
                    self.skip(self.rest().len());
                    return Ok(row);
                }
                None => {
                    self.skip(self.rest().len());
                    self.fill()?;
                }
            }
        }
    }
}

/// Whether every quotation mark that closes a cell stands at its end. In a row of several lines another one tells that the first was
/// never meant to open a cell of several lines.
fn is_well_quoted(text: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if quoted {
            if byte == b'"' {
                match text.get(at + 1) {
                    Some(b'"') => at += 1,
                    Some(next) if *next != delimiter && !matches!(next, b'\n' | b'\r') => return false,
                    _ => quoted = false,
                }
            }
        } else {
            quoted = byte == b'"' && at_start;
            at_start = byte == delimiter || matches!(byte, b'\n' | b'\r');
        }
        at += 1;
    }
    true
}

/// Why a file is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoTable {
    Empty,
    /// A picture, an archive, a spreadsheet in its own format.
    NotText,
}

/// What a file looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) encoding: &'static Encoding,
    pub(super) delimiter: u8,
    pub(super) has_heading: bool,
    pub(super) columns: Vec<Column>,
}

/// The encoding a name stands for.
pub(super) fn encoding(name: &str) -> &'static Encoding {
    Encoding::for_label(name.as_bytes()).unwrap_or(UTF_8)
}

/// Looks at all of a file for its encoding, and at its beginning for everything else.
pub(super) fn look(path: &Path) -> io::Result<Result<Look, NoTable>> {
    let encoding = match find_encoding(path)? {
        Ok(encoding) => encoding,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut best: Option<(usize, u8, Vec<RawRow>)> = None;
    for delimiter in DELIMITERS {
        let rows = sample(path, encoding, delimiter, SAMPLE)?;
        let width = rows.first().map_or(0, |row| row.cells.len());
        let alike = rows.iter().filter(|row| row.cells.len() == width).count();
        // A separator is one that cuts most rows alike, into more than one piece.
        let score = if width > 1 && alike * 10 >= rows.len() * 8 { width.min(100) } else { 0 };
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, delimiter, rows));
        }
    }
    let Some((_, delimiter, rows)) = best.filter(|(_, _, rows)| !rows.is_empty()) else {
        return Ok(Err(NoTable::Empty));
    };
    let first = &rows[0].cells;
    let looks_like_number = |cell: &String| cell.chars().filter(char::is_ascii_digit).count() >= 7;
    let known = first.iter().any(|cell| Column::guess(cell) != Column::Ignore);
    let has_heading = known && !first.iter().any(looks_like_number);
    let body = &rows[usize::from(has_heading).min(rows.len())..];
    let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let width = if has_heading { first.len() } else { widest }.min(limits::IMPORT_COLUMNS);
    let mut columns: Vec<Column> = (0..width)
        .map(|at| {
            if has_heading {
                first.get(at).map_or(Column::Ignore, |cell| Column::guess(cell))
            } else {
                Column::Ignore
            }
        })
        .collect();
    // Each meaning once: of two columns with numbers the first is taken.
    let mut seen = Vec::new();
    for column in &mut columns {
        if seen.contains(column) {
            *column = Column::Ignore;
        } else if *column != Column::Ignore {
            seen.push(*column);
        }
    }
    if !columns.contains(&Column::Phone) {
        let filled =
            |at: usize| body.iter().filter(|row| row.cells.get(at).is_some_and(looks_like_number)).count();
        let most = (0..width).filter(|at| columns[*at] == Column::Ignore).max_by_key(|at| filled(*at));
        if let Some(at) = most.filter(|at| filled(*at) * 2 > body.len()) {
            columns[at] = Column::Phone;
        }
    }
    if !has_heading && let Some(at) = columns.iter().position(|column| *column == Column::Ignore) {
        let is_name = |row: &RawRow| {
            row.cells.get(at).is_some_and(|cell| cell.chars().any(char::is_alphabetic) && !cell.contains('@'))
        };
        if body.iter().filter(|row| is_name(row)).count() * 2 > body.len() {
            columns[at] = Column::Name;
        }
    }
    Ok(Ok(Look { encoding, delimiter, has_heading, columns }))
}

/// The first rows of a file.
pub(super) fn sample(
    path: &Path,
    encoding: &'static Encoding,
    delimiter: u8,
    rows: usize,
) -> io::Result<Vec<RawRow>> {
    let mut table = Table::open(path, encoding, delimiter)?;
    let mut found = Vec::new();
    while found.len() < rows
        && let Some(row) = table.next()?
    {
        found.push(row);
    }
    Ok(found)
}

/// How much of a file is looked at to guess its encoding, in bytes.
const GUESSED: u64 = 1 << 20;

/// What the letters of a file that is not UTF-8 are most probably written in: the guess of a browser, as far as people may choose
/// it; else the encoding of western Windows.
fn guess(path: &Path) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut file = File::open(path)?.take(GUESSED);
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        detector.feed(&piece[..read], read == 0);
        if read == 0 {
            break;
        }
    }
    let guessed = detector.guess(None, Utf8Detection::Deny);
    Ok(if ENCODINGS.contains(&guessed.name()) { guessed } else { WINDOWS_1252 })
}

/// By its first bytes, else UTF-8 if all of it is, else a guess.
fn find_encoding(path: &Path) -> io::Result<Result<&'static Encoding, NoTable>> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; PIECE];
    let mut read = file.read(&mut piece)?;
    if read == 0 {
        return Ok(Err(NoTable::Empty));
    }
    let first = &piece[..read];
    if let Some((encoding, _)) = Encoding::for_bom(first) {
        return Ok(Ok(encoding));
    }
    let share = |of: &dyn Fn(usize, u8) -> bool| {
        first.iter().enumerate().filter(|(at, byte)| of(*at, **byte)).count() * 100 / first.len()
    };
    // Latin text in two bytes a letter has a zero in every other place.
    if share(&|at, byte| at % 2 == 1 && byte == 0) > 30 {
        return Ok(Ok(UTF_16LE));
    }
    if share(&|at, byte| at % 2 == 0 && byte == 0) > 30 {
        return Ok(Ok(UTF_16BE));
    }
    let is_control = |byte: u8| byte < 32 && !matches!(byte, b'\n' | b'\r' | b'\t');
    if first.contains(&0) || share(&|_, byte| is_control(byte)) > 0 || first.starts_with(b"%PDF") {
        return Ok(Err(NoTable::NotText));
    }
    let mut cut = Vec::new();
    loop {
        cut.extend_from_slice(&piece[..read]);
        match std::str::from_utf8(&cut) {
            Ok(_) => cut.clear(),
            // A letter that the end of the piece cut in two.
            Err(error) if error.error_len().is_none() => drop(cut.drain(..error.valid_up_to())),
            Err(_) => return Ok(Ok(guess(path)?)),
        }
        read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(Ok(if cut.is_empty() { UTF_8 } else { guess(path)? }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn rows(bytes: &[u8], columns: usize) -> Vec<RawRow> {
        let file = file(bytes);
        let mut table = Table::open(file.path(), UTF_8, b',').unwrap();
        table.columns = columns;
        std::iter::from_fn(|| table.next().unwrap()).collect()
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        rows(bytes, 0).into_iter().map(|row| row.cells).collect()
    }

    fn look_at(bytes: &[u8]) -> Result<Look, NoTable> {
        look(file(bytes).path()).unwrap()
    }

    #[test]
    fn every_line_ending_ends_a_line() {
        for text in ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\n\n\r\nc,d", "\u{feff}a,b\nc,d"] {
            assert_eq!(cells(text.as_bytes()), [["a", "b"], ["c", "d"]], "{text:?}");
        }
        let lines: Vec<u64> =
            rows(b"a\r\n\r\nb\rc\n\"d\ne\"\nf", 0).into_iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 3, 4, 5, 7]);
    }

    #[test]
    fn cells_hold_separators_quotes_and_lines() {
        assert_eq!(
            cells(b"\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n"),
            [["a,b", "say \"x\"", "two\nlines"]]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_spoils_one_row() {
        let mut text = "phone,name\n+15550100001,\"Ana\n".to_owned();
        for n in 2..9 {
            text.push_str(&format!("+1555010000{n},Bo\n"));
        }
        let found = rows(text.as_bytes(), 2);
        assert_eq!(found.len(), 9, "{found:#?}");
        assert_eq!(found[1].problem, Some(RowProblem::Quotes));
        assert_eq!(found[1].line, 2);
        assert!(found[2..].iter().all(|row| row.problem.is_none()));
        // Closed by another row's quotation mark: too few columns tell.
        let found = rows(b"a,b\n1,\"x\n2,y\n3,\"z\"\n4,w\n", 2);
        assert_eq!(
            found.iter().map(|row| row.problem).collect::<Vec<_>>(),
            [None, Some(RowProblem::Quotes), None, None, None]
        );
    }

    #[test]
    fn a_line_without_end_is_one_error_and_little_memory() {
        let mut text = b"a,b\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 10 << 20));
        text.extend(b"\n1,2\n");
        let file = file(&text);
        let mut table = Table::open(file.path(), UTF_8, b',').unwrap();
        let mut found = Vec::new();
        while let Some(row) = table.next().unwrap() {
            assert!(table.window.capacity() < 2 << 20);
            found.push(row);
        }
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].problem, Some(RowProblem::LineTooLong));
        assert_eq!(found[2].cells, ["1", "2"]);
    }

    #[test]
    fn a_quote_at_the_beginning_of_a_long_file_spoils_one_row() {
        let mut text = b"\"a,b\n".to_vec();
        for _ in 0..60_000 {
            text.extend(b"1,2,3,4\n");
        }
        let found = rows(&text, 0);
        assert_eq!(found.len(), 60_001);
        assert_eq!(found[0].problem, Some(RowProblem::Quotes));
    }

    #[test]
    fn files_of_other_programs_are_understood() {
        let excel = look_at(b"Name;Telefon;Einwilligung\r\nJ\xfcrgen;+4915112345678;ja\r\n").unwrap();
        assert_eq!((excel.encoding, excel.delimiter, excel.has_heading), (WINDOWS_1252, b';', true));
        assert_eq!(excel.columns[..2], [Column::Name, Column::Phone]);
        let utf16: Vec<u8> =
            "phone\tname\n+15550100001\tAna\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let tabs = look_at(&utf16).unwrap();
        assert_eq!((tabs.encoding, tabs.delimiter), (UTF_16LE, b'\t'));
        assert_eq!(tabs.columns, [Column::Phone, Column::Name]);
        let bare = look_at(b"+15550100001\n+15550100002\n").unwrap();
        assert!(!bare.has_heading);
        assert_eq!(bare.columns, [Column::Phone]);
        let numbers_first = look_at(b"Ana Lima,+15550100001\nBo,+15550100002\n").unwrap();
        assert!(!numbers_first.has_heading);
        assert_eq!(numbers_first.columns, [Column::Name, Column::Phone]);
    }

    #[test]
    fn letters_of_other_encodings_are_guessed() {
        let text = |words: &str| {
            let rows: String = (0..20).map(|n| format!("{words};+1555010{n:04}\n")).collect();
            format!("name;phone\n{rows}")
        };
        for (name, words) in [
            ("windows-1251", "Анна Иванова из Новосибирска"),
            ("Shift_JIS", "山田太郎さん、東京都"),
            ("GBK", "王小明先生在北京"),
            ("EUC-KR", "김민수 서울특별시 강남구"),
            ("windows-1256", "محمد عبد الله من القاهرة"),
            ("windows-1255", "משה כהן מתל אביב יפו"),
            ("windows-1252", "Jürgen Müller aus Köln, José Peña de Córdoba"),
        ] {
            let encoding = encoding(name);
            let table = text(words);
            let (bytes, _, lost) = encoding.encode(&table);
            assert!(!lost, "{name}");
            assert_eq!(look_at(&bytes).unwrap().encoding, encoding, "{name}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(look_at(b""), Err(NoTable::Empty));
        assert_eq!(look_at(b"\n\n"), Err(NoTable::Empty));
        assert_eq!(look_at(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Err(NoTable::NotText));
        assert_eq!(look_at(b"PK\x03\x04\x14\0\0\0\x08\0"), Err(NoTable::NotText));
        assert_eq!(look_at(b"%PDF-1.7\n"), Err(NoTable::NotText));
    }

    #[test]
    fn files_of_other_peoples_test_suites_are_read_to_their_end() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/csv");
        let Ok(files) = std::fs::read_dir(&folder) else {
            println!("skipped: there is no ../shared/fixtures beside the checkout");
            return;
        };
        let mut seen = 0;
        for path in files.map(|file| file.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let found = look(&path).unwrap().unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            let mut table = Table::open(&path, found.encoding, found.delimiter).unwrap();
            table.columns = found.columns.len();
            // One of them holds the sign for a lost letter itself.
            let lossy = std::fs::read(&path).unwrap().windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
            let (mut rows, mut wrong) = (0, 0);
            while let Some(row) = table.next().unwrap() {
                rows += 1;
                wrong += usize::from(row.problem.is_some());
                assert!(lossy || row.cells.iter().all(|cell| !cell.contains('\u{fffd}')), "{name}: {row:?}");
            }
            let expected = match name.as_str() {
                "csvlint_cr-line-endings.csv"
                | "csvlint_inconsistent-line-endings.csv"
                | "spectrum_utf8.csv" => (3, 0),
                "spectrum_newlines.csv" | "spectrum_newlines_crlf.csv" => (4, 0),
                "spectrum_quotes_and_newlines.csv" | "spectrum_escaped_quotes.csv" => (3, 0),
                "csvlint_valid_many_rows.csv" => (7, 0),
                "spectrum_comma_in_quotes.csv" => (2, 0),
                _ => (rows, wrong),
            };
            assert_eq!((rows, wrong), expected, "{name}");
            seen += 1;
        }
        assert!(seen > 20, "{seen} files");
    }
}
