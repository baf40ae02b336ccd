import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileRefused } from '../../src/shared/recordings/refusal';
import { readText } from './reading';

const rowsOf = (table: ReturnType<typeof readText>) =>
  Array.from({ length: table.rows }, (_, i) => table.columns.map((column) => column[i]));
const told = (table: ReturnType<typeof readText>, code: string) => table.notes.find((note) => note.code === code)?.text;

describe('CSV as labs write it is read', () => {
  test('plain', () => {
    const table = readText('time,angle\n0,1.5\n0.01,-2e-3\n');
    expect(table.header.names).toEqual(['time', 'angle']);
    expect(rowsOf(table)).toEqual([
      [0, 1.5],
      [0.01, -0.002],
    ]);
    expect([...table.lines]).toEqual([2, 3]);
    expect(table.notes).toEqual([]);
  });

  test('semicolons, decimal commas, a byte-order mark and CRLF, and says so', () => {
    const table = readText('\uFEFFt;x\r\n0,01;-1,5e2\r\n1;2\r\n');
    expect(rowsOf(table)).toEqual([
      [0.01, -150],
      [1, 2],
    ]);
    expect(told(table, 'csvForm')).toBe('Read with semicolons between fields, decimal commas, a byte-order mark and CRLF line ends.');
  });

  test('decimal commas inside quotes, with commas between the fields', () => {
    expect(rowsOf(readText('t,x\n"0,01","1,5"\n"0,02","-1,5"\n'))).toEqual([
      [0.01, 1.5],
      [0.02, -1.5],
    ]);
  });

  test('tabs, and the CR line ends of an old machine', () => {
    const table = readText('t\tx\r1\t2\r3\t4\r');
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([...table.lines]).toEqual([2, 3]);
    expect(told(table, 'csvForm')).toBe('Read with tabs between fields and CR line ends.');
  });

  test('line ends that change in the middle', () =>
    expect(rowsOf(readText('t,x\n1,2\r\n3,4\n5,6'))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]));

  test('quoted newlines, with lines counted across them', () => {
    const table = readText('t,note,x\n1,"two\nlines",2\n2,"three\r\n\r\nlines",4\n3,one,6\n', 7, ['t', 'x']);
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    expect([...table.lines]).toEqual([2, 4, 7]);
    expect(told(table, 'csvForm')).toContain('line breaks inside quoted fields');
  });

  test('a header over two lines', () => {
    const table = readText('t,"angle\n[rad]"\n1,2\n', 5);
    expect(table.header.names).toEqual(['t', 'angle [rad]']);
    expect([...table.lines]).toEqual([3]);
  });

  test('blanks around names and numbers, quoted names, a quote written twice', () => {
    const table = readText(' time [s] ,"a ""b"" c" , x\n 0 , 1 ,2\n');
    expect(table.header.names).toEqual(['time [s]', 'a "b" c', 'x']);
    expect(rowsOf(table)).toEqual([[0, 1, 2]]);
  });

  test('an unnamed column by its position', () => {
    const table = readText(',time,pos\n0,0.0,1\n');
    expect(table.header.names).toEqual(['#1', 'time', 'pos']);
    expect(told(table, 'unnamedColumn')).toBe('A column has no name and is called #1.');
  });

  test('a file without a header', () => {
    const table = readText('0;1,5\n1;2,5\n');
    expect(table.header.names).toEqual(['#1', '#2']);
    expect(rowsOf(table)).toEqual([
      [0, 1.5],
      [1, 2.5],
    ]);
    expect(told(table, 'noHeader')).toContain('#1 to #2');
  });

  test('`#` lines above the header: title, units and period', () => {
    const table = readText('# title: Bench 2, run 7\n# units: s, rad\n# period: 0.02 s\n\ntime,angle\n0,1\n');
    expect(Object.fromEntries(table.header.remarks)).toEqual({ title: 'Bench 2, run 7', units: 's, rad', period: '0.02 s' });
    expect([...table.lines]).toEqual([6]);
  });

  test('names in the last `#` line, as numpy writes them', () => {
    const table = readText('# made by a script\n# time,angle\n0,1\n1,2\n');
    expect(table.header.names).toEqual(['time', 'angle']);
    expect(rowsOf(table)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  test('blank lines at the end are not rows; a last line without an end is one, and is told', () => {
    expect(readText('t,x\n1,2\n\n\r\n  \n').rows).toBe(1);
    const open = readText('t,x\n1,2\n3,4');
    expect(open.rows).toBe(2);
    expect(told(open, 'lastLineOpen')).toContain('The last line (3) has no line end');
  });

  test('a column that nobody asked for may hold anything', () => {
    expect(rowsOf(readText('t,z,x\n1,(1+2j),5\n2,,6\n', 64, ['t', 'x']))).toEqual([
      [1, 5],
      [2, 6],
    ]);
  });

  test('the same however it is cut into pieces', () => {
    const text = '\uFEFF# title: a "b"\r\n"t";"x\r\ny";z\r\n1;"2,5";"a;\r\n""b"""\r\n3;4;c\r\n"5";6,25;""\r\n';
    const whole = readText(text, text.length, ['t', 'x y']);
    expect(rowsOf(whole)).toEqual([
      [1, 2.5],
      [3, 4],
      [5, 6.25],
    ]);
    for (let size = 1; size < text.length; size++) expect(readText(text, size, ['t', 'x y'])).toEqual(whole);
  });

  test('numbers written are numbers read, to the last bit, in every form', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0); // String(-0) is "0"
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, number), { minLength: 2, maxLength: 40 }),
        fc.constantFrom(',', ';', '\t'),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 300 }),
        (rows, delimiter, comma, quotes, newline, size) => {
          const field = (value: number) => {
            const plain = comma ? String(value).replace('.', ',') : String(value);
            return quotes || (comma && delimiter === ',') ? `"${plain}"` : plain;
          };
          const text = ['a', 'b', 'c'].join(delimiter) + newline + rows.map((row) => row.map(field).join(delimiter) + newline).join('');
          expect(rowsOf(readText(text, size))).toEqual(rows);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('CSV that is refused', () => {
  const t = 'time,angle,torque\n0,0,0\n';
  /** Text, the sentence, and nothing else. */
  const refused: [what: string, text: string, sentence: string][] = [
    ['nothing at all', '', 'log.csv: an empty file is not a recording. Choose another file.'],
    ['blank lines only', '\n\n  \n', 'log.csv: an empty file is not a recording. Choose another file.'],
    ['remarks only', '# title: x\n# units: s\n', 'log.csv: an empty file is not a recording. Choose another file.'],
    ['a header alone', 'time,angle\n', 'log.csv:2: a header without any row is not a recording. Choose another file, or record again.'],
    [
      'a header alone, without line end',
      'time,angle',
      'log.csv:1: a header without any row is not a recording. Choose another file, or record again.',
    ],
    [
      'hexadecimal',
      `${t}1,0,0x1F\n`,
      'log.csv:3:3: "0x1F" is not a decimal number (torque). Write every number of the file in decimal digits with the same decimal mark.',
    ],
    [
      'not a number',
      `${t}1,NaN,0\n`,
      'log.csv:3:2: "NaN" is not a finite number (angle). Correct the cell, or take its row out of the file.',
    ],
    ['infinity', `${t}1,inf,0\n`, 'log.csv:3:2: "inf" is not a finite number (angle). Correct the cell, or take its row out of the file.'],
    [
      'minus infinity',
      `${t}1,0,-Infinity\n`,
      'log.csv:3:3: "-Infinity" is not a finite number (torque). Correct the cell, or take its row out of the file.',
    ],
    [
      'overflow',
      `${t}1e999,0,0\n`,
      'log.csv:3:1: "1e999" is too large for a number (time). Correct the cell, or take its row out of the file.',
    ],
    [
      'underflow',
      `${t}1,1e-999,0\n`,
      'log.csv:3:2: "1e-999" is too small for a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'lost digits',
      `${t}1,0,12345678901234567891\n`,
      'log.csv:3:3: "12345678901234567891" has more digits than a number can hold (torque). Export it as seconds, or count from the start of the recording.',
    ],
    [
      'an empty field',
      `${t}1,,0\n`,
      'log.csv:3:2: an empty field is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'a blank field',
      `${t}1,  ,0\n`,
      'log.csv:3:2: an empty field is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'an empty last field',
      `${t}1,0,\n`,
      'log.csv:3:3: an empty field is not a number (torque). Correct the cell, or take its row out of the file.',
    ],
    [
      'an empty quoted field',
      `${t}1,"",0\n`,
      'log.csv:3:2: an empty field is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'null',
      `${t}1,null,0\n`,
      'log.csv:3:2: "null" stands for a missing value and is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'None',
      `${t}1,0,None\n`,
      'log.csv:3:3: "None" stands for a missing value and is not a number (torque). Correct the cell, or take its row out of the file.',
    ],
    [
      '#N/A',
      `${t}1,#N/A,0\n`,
      'log.csv:3:2: "#N/A" stands for a missing value and is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'a dash',
      `${t}1,-,0\n`,
      'log.csv:3:2: "-" stands for a missing value and is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    ['text', `${t}1,fast,0\n`, 'log.csv:3:2: "fast" is not a number (angle). Correct the cell, or take its row out of the file.'],
    [
      'text after a number',
      `${t}1,12abc,0\n`,
      'log.csv:3:2: "12abc" has text after a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'a unit after a number',
      `${t}1,0,0.5 Nm\n`,
      'log.csv:3:3: "0.5 Nm" has text after a number (torque). Correct the cell, or take its row out of the file.',
    ],
    [
      'a degree sign',
      `${t}1,90°,0\n`,
      'log.csv:3:2: "90°" has text after a number (angle). Correct the cell, or take its row out of the file.',
    ],
    [
      'a complex number',
      `${t}1,(-3.08+3.4e-17j),0\n`,
      'log.csv:3:2: "(-3.08+3.4e-17j)" is a complex number, not a real one (angle). Export the real part alone.',
    ],
    [
      'a date',
      `${t}2024-05-01T12:00:00,0,0\n`,
      'log.csv:3:1: "2024-05-01T12:00:00" is a date or a time of day, not a number (time). Export the time as seconds.',
    ],
    [
      'a time of day',
      `${t}12:00:01,0,0\n`,
      'log.csv:3:1: "12:00:01" is a date or a time of day, not a number (time). Export the time as seconds.',
    ],
    ['two points', `${t}1,1.2.3,0\n`, 'log.csv:3:2: "1.2.3" is not a number (angle). Correct the cell, or take its row out of the file.'],
    ['two signs', `${t}1,--1,0\n`, 'log.csv:3:2: "--1" is not a number (angle). Correct the cell, or take its row out of the file.'],
    ['an exponent alone', `${t}1,e5,0\n`, 'log.csv:3:2: "e5" is not a number (angle). Correct the cell, or take its row out of the file.'],
    [
      'an unfinished exponent',
      `${t}1,1e,0\n`,
      'log.csv:3:2: "1e" has text after a number (angle). Correct the cell, or take its row out of the file.',
    ],
    ['an underscore', `${t}1,1_0,0\n`, 'log.csv:3:2: "1_0" is not a number (angle). Correct the cell, or take its row out of the file.'],
    [
      'a typographic minus',
      `${t}1,−1,0\n`,
      'log.csv:3:2: "−1" is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    ['a boolean', `${t}1,true,0\n`, 'log.csv:3:2: "true" is not a number (angle). Correct the cell, or take its row out of the file.'],
    [
      'a second header',
      `${t}time,angle,torque\n`,
      'log.csv:3:1: "time" is not a number (time). Correct the cell, or take its row out of the file.',
    ],
    [
      'a long text, shortened',
      `${t}1,${'x'.repeat(60)},0\n`,
      `log.csv:3:2: "${'x'.repeat(40)}…" is not a number (angle). Correct the cell, or take its row out of the file.`,
    ],
    [
      'a decimal comma after points',
      'a;b\n1.5;2\n1,5;2\n',
      'log.csv:3:1: "1,5" has a decimal comma where a decimal point was wanted (a). Write every number of the file in decimal digits with the same decimal mark.',
    ],
    [
      'a decimal point after commas',
      'a;b\n1,5;2\n1;2.5\n',
      'log.csv:3:2: "2.5" has a decimal point where the rest of the file has decimal commas (b). Write every number of the file in decimal digits with the same decimal mark.',
    ],
    [
      'a point and a comma',
      'a;b\n1,5;2\n3.141,6;2\n',
      'log.csv:3:1: "3.141,6" has a point and a comma in one number (a). Write it with one decimal mark and nothing between the thousands.',
    ],
    [
      'thousands',
      'a;b\n1.5;2\n1,234.5;2\n',
      'log.csv:3:1: "1,234.5" has a point and a comma in one number (a). Write it with one decimal mark and nothing between the thousands.',
    ],
    [
      'an unnamed column with text',
      ',x\n1,2\nq,2\n',
      'log.csv:3:1: "q" is not a number (#1). Correct the cell, or take its row out of the file.',
    ],
    [
      'a row too short',
      `${t}1,0\n`,
      'log.csv:3:3: 2 fields are not the 3 that the header names. The row was cut short: complete it, or end the file before it.',
    ],
    [
      'a row of one field',
      `${t}1\n`,
      'log.csv:3:2: 1 field is not the 3 that the header names. The row was cut short: complete it, or end the file before it.',
    ],
    [
      'a row too long',
      `${t}1,0,0,5\n`,
      'log.csv:3:4: 4 fields are not the 3 that the header names. Take out what is too much, or name every column in the header.',
    ],
    [
      'a delimiter at the end of every row',
      'a,b\n1,2,\n',
      'log.csv:2:3: 3 fields are not the 2 that the header names. Take out what is too much, or name every column in the header.',
    ],
    [
      'another delimiter',
      `${t}1;0;0\n`,
      'log.csv:3:2: 1 field is not the 3 that the header names. The row was cut short: complete it, or end the file before it.',
    ],
    [
      'a file cut off in a row',
      `${t}1,0,0\n2,0`,
      'log.csv:4:3: 2 fields are not the 3 that the header names. The row was cut short: complete it, or end the file before it.',
    ],
    [
      'a blank line in the middle',
      `${t}1,0,0\n\n2,0,0\n`,
      'log.csv:4: a blank line is not a row of the table. Take the blank line out; if another recording begins below it, split the file there.',
    ],
    [
      'two blank lines, the first is named',
      `${t}\n\n2,0,0\n`,
      'log.csv:3: a blank line is not a row of the table. Take the blank line out; if another recording begins below it, split the file there.',
    ],
    [
      'a remark among the rows',
      `${t}# lap 2\n1,0,0\n`,
      'log.csv:3:1: a "#" line among the rows is not a row of the table. Move such lines above the header.',
    ],
    [
      'a quote never closed',
      `${t}1,"0,0\n2,0,0\n`,
      'log.csv:3:2: a quote that is opened and never closed is not a field. Close the quote, or take it out.',
    ],
    [
      'a quote never closed in the header',
      'time,"angle\n0,1\n',
      'log.csv:1:2: a quote that is opened and never closed is not a field. Close the quote, or take it out.',
    ],
    [
      'text after a closing quote',
      `${t}1,"0"5,0\n2,0,0\n3,"0",0\n`,
      'log.csv:3:2: text after a closing quote is not a field. Write a quote inside a quoted field twice ("").',
    ],
    [
      'quotes around a number with a blank before',
      `${t}1, "0",0\n`,
      'log.csv:3:2: ""0"" is not a number (angle). Correct the cell, or take its row out of the file.',
    ],
    ['a zero byte', `${t}1,0\0,0\n`, 'log.csv:3: a zero byte is not text. Export the recording as CSV text in UTF-8.'],
    ['a zero byte in the first line', 'PK\x03\x04\0\0', 'log.csv:1: a zero byte is not text. Export the recording as CSV text in UTF-8.'],
    [
      'a bad number after quoted newlines',
      'a,b\n1,"\n\nx"\n',
      'log.csv:2:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number below a quoted newline',
      'a,b\n1," 2\n"\n3,x\n',
      'log.csv:4:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number below remarks',
      '# title: x\n# units: s\n\na,b\n1,x\n',
      'log.csv:5:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number in CRLF',
      'a,b\r\n1,2\r\n3,x\r\n',
      'log.csv:3:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number in a CR file',
      'a,b\r1,2\r3,x\r',
      'log.csv:3:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number without a header',
      '1,2\n3,4\n5,x\n',
      'log.csv:3:2: "x" is not a number (#2). Correct the cell, or take its row out of the file.',
    ],
    [
      'a bad number after a byte-order mark',
      '\uFEFFa,b\n1,x\n',
      'log.csv:2:2: "x" is not a number (b). Correct the cell, or take its row out of the file.',
    ],
    [
      'too many columns',
      `${Array.from({ length: 1025 }, (_, i) => `c${i}`).join(',')}\n1\n`,
      'log.csv:1:1025: 1025 columns are not a log of at most 1024. Export fewer columns.',
    ],
    [
      'a field beyond its limit',
      `${t}1,${'1'.repeat(65537)},0\n`,
      'log.csv:3:2: a field of 65537 characters is not one of at most 65536 (angle). Check that this is a log of numbers.',
    ],
    [
      'a line beyond its limit',
      `${t}1,"${'ab\n'.repeat(400_000)}",0\n`,
      'log.csv:3: a line of more than 1048576 characters is not a row of a log. Check that the file has line ends and that no quote was left open.',
    ],
    [
      'a first line beyond its limit',
      'x'.repeat(1_100_000),
      'log.csv:1: a line of more than 1048576 characters is not a row of a log. Check that the file has line ends and that no quote was left open.',
    ],
    [
      'a page of the web',
      '<!doctype html>\n<html><head><title>Log in, please</title></head>\n<body>\n',
      'log.csv:2:2: 2 fields are not the 1 that the header names. Take out what is too much, or name every column in the header.',
    ],
  ];

  test('there are many', () => expect(refused.length).toBeGreaterThanOrEqual(60));

  test.each(refused)('%s', (_, text, sentence) => {
    for (const size of [1 << 16, 1000]) {
      let caught: unknown;
      try {
        readText(text, size);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(FileRefused);
      expect((caught as FileRefused).sentence).toBe(sentence);
    }
  });

  test('all that is wrong is told in one reading: the first twenty, the rest counted', () => {
    const rows = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? `${i},x` : i === 50 ? `${i}` : `${i},1`));
    let caught: unknown;
    try {
      readText(`a,b\n${rows.join('\n')}\n`, 50);
    } catch (error) {
      caught = error;
    }
    const { place, others, more } = caught as FileRefused;
    expect(place).toEqual({ line: 2, column: 2, columnName: 'b' });
    expect(others.map((other) => other.place.line)).toEqual([5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50, 52, 53, 56]);
    expect(others[16]!.found).toBe('1 field is not the 2 that the header names');
    expect(more).toBe(34 + 1 - 20);
  });

  test('what ends the reading is told after what was found before', () => {
    expect(() => readText('a,b\n1,x\n2,"y\n')).toThrow(
      expect.objectContaining({ found: '"x" is not a number', others: [expect.objectContaining({ code: 'quote' })] }),
    );
  });

  test('in a file of any size at the very line: a bad cell among 200 000 rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${i % 7}\n`);
    rows[123_456] = '123456,1e\n';
    expect(() => readText(`a,b\n${rows.join('')}`)).toThrow(
      expect.objectContaining({ place: { line: 123_458, column: 2, columnName: 'b' } }),
    );
  });

  test('whatever bytes come: a table of finite numbers or a refusal with a remedy, never another exception', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', ',', ';', '\n', '\r\n', '\r', '#', '1', '2.5', '-3e4', 'a', ' ', '\t', '\uFEFF', '""', ',"'),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (pieces, size) => {
        try {
          const table = readText(pieces.join(''), size);
          for (const column of table.columns) for (const value of column) expect(Number.isFinite(value)).toBe(true);
        } catch (error) {
          if (!(error instanceof FileRefused)) throw error;
          expect(error.remedy).toMatch(/\.$/);
        }
      }),
      { seed: 7, numRuns: 4000 },
    );
  });
});
