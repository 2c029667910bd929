export interface Column<T> {
  readonly title: string;
  readonly value: (item: T) => string | number | null | undefined;
}

/** Columns that a terminal shows a text in: Hangul, Hanja, kana and other wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(character) ? 2 : 1;
  return width;
}

/** Control characters never reach the terminal: names and paths come from strangers. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Rows under a line of titles, padded so that columns align. Numbers stand right. */
export function renderTable<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  const cells = items.map((item) => columns.map((column) => column.value(item)));
  const texts = cells.map((row) => row.map((cell) => (cell === null || cell === undefined ? '-' : printable(String(cell)))));
  const widths = columns.map((column, i) => Math.max(displayWidth(column.title), ...texts.map((row) => displayWidth(row[i]!))));
  const isNumber = columns.map((_, i) => cells.length > 0 && cells.every((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => {
        const padding = ' '.repeat(widths[i]! - displayWidth(text));
        return isNumber[i] ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...texts.map(line)].join('\n');
}
