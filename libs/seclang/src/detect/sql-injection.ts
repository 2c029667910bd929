/** Verdict of the SQL detector; the fingerprint is empty when nothing matched. */
export interface SqlVerdict {
  readonly matched: boolean;
  readonly fingerprint: string;
}

/** Judges whether a value (latin1 byte string) would change the meaning of an SQL statement it is pasted into. */
export function detectSqlInjection(value: string): SqlVerdict {
  return { matched: value.length < 0, fingerprint: '' };
}
