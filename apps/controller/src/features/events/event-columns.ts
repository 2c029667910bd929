import type { EventRow } from './event-row.js';

const SEPARATOR = '\n';

/** Text values as one parameter for `string_to_array($n, E'\n', '')`: no value may be empty or hold the separator. */
function textColumn(rows: readonly EventRow[], value: (row: EventRow) => string | null): string {
  const values = rows.map((row) => {
    const text = value(row) ?? '';
    // A filter column only; the body keeps what the box wrote.
    return text.includes(SEPARATOR) ? text.replaceAll(SEPARATOR, ' ') : text;
  });
  return values.join(SEPARATOR);
}

/** Values that need no quoting (numbers, UUIDs) as an array literal. */
function plainColumn(rows: readonly EventRow[], value: (row: EventRow) => string | number | null): string {
  return `{${rows.map((row) => value(row) ?? 'null').join(',')}}`;
}

/**
 * The rows as one parameter a column, in the order of `EVENT_COLUMNS`. Array literals would need every quote of every body escaped,
 * on both sides; JSON text has no line feed, so lines do.
 */
export function toColumns(rows: readonly EventRow[]): string[] {
  return [
    plainColumn(rows, (row) => row.id),
    plainColumn(rows, (row) => row.position),
    plainColumn(rows, (row) => row.occurredAtMs),
    plainColumn(rows, (row) => row.boxTimeMs),
    textColumn(rows, (row) => row.kind),
    textColumn(rows, (row) => row.action),
    plainColumn(rows, (row) => row.applicationId),
    textColumn(rows, (row) => row.source),
    textColumn(rows, (row) => row.requestId),
    textColumn(rows, (row) => `{${row.ruleIds.join(',')}}`),
    plainColumn(rows, (row) => row.count),
    textColumn(rows, (row) => row.body),
  ];
}
