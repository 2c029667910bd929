/** A directive line with its continuations joined; `line` (from 1) is where it begins. */
export interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

/** Joins lines that end in a backslash, and leaves out empty lines and comments. A comment can be continued too, as in Apache. */
export function* logicalLines(text: string): Generator<LogicalLine> {
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const parts: string[] = [];
    let current = withoutReturn(lines[index]!);
    while (current.endsWith('\\') && index + 1 < lines.length) {
      parts.push(current.slice(0, -1));
      current = withoutReturn(lines[++index]!);
    }
    parts.push(current.endsWith('\\') ? current.slice(0, -1) : current);
    const joined = parts.join('').trim();
    if (joined !== '' && !joined.startsWith('#')) yield { line, text: joined };
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
