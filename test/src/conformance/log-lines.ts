import type { AuditLine, LoggedRule } from './audit-trail.js';

/**
 * The lines that an error log would show for these transactions, one for each rule that matched, in the form that patterns in tests are written
 * for: `… [id "942100"] [msg "…"] [data "…"] …`.
 */
export function logLines(audit: readonly AuditLine[]): string[] {
  return audit.flatMap((line) => line.rules.map((rule) => logLine(line, rule)));
}

function logLine(line: AuditLine, { id, msg, data, severity, tags }: LoggedRule): string {
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['id', String(id)],
    ['msg', msg],
    ['data', data],
    ['severity', severity ?? ''],
    ...tags.map((tag) => ['tag', tag] as const),
    ['uri', line.uri],
    ['unique_id', line.requestId],
  ];
  return `Warning. ${fields.map(([name, value]) => `[${name} "${value}"]`).join(' ')}`;
}

/** Numbers of the rules that were logged, each once, ascending. */
export function loggedIds(audit: readonly AuditLine[]): number[] {
  return [...new Set(audit.flatMap(({ rules }) => rules.map(({ id }) => id)))].sort((a, b) => a - b);
}
