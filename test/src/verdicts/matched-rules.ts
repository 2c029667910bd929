import { readFileSync } from 'node:fs';
import { CASE_HEADER } from './verdict-case.js';

/** Numbers of the rules that matched, by the number of the case. */
export type MatchedRules = ReadonlyMap<number, readonly number[]>;

/** Of our audit file. */
export function engineRules(path: string): MatchedRules {
  const matched = new Map<number, readonly number[]>();
  for (const line of linesOf(path)) {
    const { headers, rules } = JSON.parse(line) as { headers: Record<string, string>; rules: { id: number }[] };
    matched.set(
      Number(headers[CASE_HEADER]),
      rules.map(({ id }) => id),
    );
  }
  return matched;
}

interface ModSecurityRecord {
  readonly transaction: {
    readonly request: { readonly headers?: Record<string, string> };
    readonly messages?: { readonly details: { readonly ruleId: string } }[];
  };
}

/** Of ModSecurity's audit log in JSON. Its records hold bytes as they came, so that not every one can be read. */
export function modSecurityRules(path: string): MatchedRules {
  const matched = new Map<number, readonly number[]>();
  for (const line of linesOf(path)) {
    const record = recordOf(line);
    if (record === null) continue;
    const { request, messages = [] } = record.transaction;
    matched.set(
      Number(request.headers?.[CASE_HEADER]),
      messages.map(({ details }) => Number(details.ruleId)),
    );
  }
  return matched;
}

function recordOf(line: string): ModSecurityRecord | null {
  try {
    return JSON.parse(line) as ModSecurityRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').filter(Boolean);
}
