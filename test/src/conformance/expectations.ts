import type { Answer } from './answer.js';
import type { AuditLine } from './audit-trail.js';
import type { FtwOutput } from './ftw-test.js';
import { loggedIds, logLines } from './log-lines.js';

/** What was seen of one stage: the last answer (or why there is none), and what the engine logged. */
export interface Seen {
  readonly answer: Answer | null;
  readonly error: string | null;
  readonly audit: readonly AuditLine[];
}

/** What is wrong, one reason each; nothing where the expectations hold. Judged as go-ftw judges. */
export function unmet(output: FtwOutput, seen: Seen): string[] {
  if (output.expectsError) return seen.error === null ? [`no answer was expected, but ${seen.answer?.status ?? 0} came`] : [];
  if (seen.answer === null) return [seen.error ?? 'there is no answer'];
  return [...unmetByAnswer(output, seen.answer), ...unmetByLog(output, seen.audit)];
}

function unmetByAnswer({ statuses, responseContains }: FtwOutput, answer: Answer): string[] {
  const reasons: string[] = [];
  if (statuses !== null && !statuses.includes(answer.status)) reasons.push(`status ${answer.status}, not ${statuses.join(' or ')}`);
  if (responseContains !== null && !answer.text.includes(responseContains)) reasons.push(`the answer does not hold ${responseContains}`);
  return reasons;
}

function unmetByLog(output: FtwOutput, audit: readonly AuditLine[]): string[] {
  const ids = loggedIds(audit);
  const reasons = [
    ...output.expectIds.filter((id) => !ids.includes(id)).map((id) => `${id} is missing`),
    ...output.noExpectIds.filter((id) => ids.includes(id)).map((id) => `${id} is not wanted`),
  ];
  const lines = output.matchRegex === null && output.noMatchRegex === null ? [] : logLines(audit);
  if (output.matchRegex !== null && !lines.some((line) => output.matchRegex?.test(line)))
    reasons.push(`no log line matches ${output.matchRegex.source}`);
  if (output.noMatchRegex !== null && lines.some((line) => output.noMatchRegex?.test(line)))
    reasons.push(`a log line matches ${output.noMatchRegex.source}`);
  if (output.isIsolated && ids.length !== 1) reasons.push(`${ids.length} rules were logged, not one`);
  return reasons;
}
