import type { Facet } from '@phalanx/contracts';

/** Wordings of the controller and the boxes, so that they can be said in the reader's language. The named groups go into the text. */
const WORDINGS = {
  fileGone: /^the file of (?:signatures|policy) is gone from active\/$/,
  fileChanged: /^the file of (?:signatures|policy) in active\/ was changed: (?<running>\S+) where (?<expected>\S+) was committed$/,
  workerOther: /^worker (?<worker>\d+) runs another (?:signatures|policy) \((?<running>\S+)\)$/,
  noWorker: /^the engine has no worker$/,
  workerStarting: /^worker (?<worker>\d+) is starting$/,
  workerFailed: /^worker (?<worker>\d+) is failed(?:: (?<detail>.+))?$/s,
  workerUnresponsive: /^worker (?<worker>\d+) is unresponsive(?:: (?<detail>.+))?$/s,
  workerRuns: /^worker (?<worker>\d+) runs (?<running>\S+) where (?<expected>\S+) was committed$/,
  workersMissing: /^(?<present>\d+) of (?<wanted>\d+) workers answer$/,
  fileDiffers: /^the file on disk \((?<running>\S+)\) is not what was committed$/,
  notApplied: /^the box has not applied any yet$/,
  notAppliedHow: /^the box could not apply it$/,
  noDigest: /^the box does not say which digest its workers must show$/,
  notSame: /^what runs is not what was applied$/,
  oldVersion: /^the box runs version (?<running>\S+), not yet (?<wanted>\S+)$/,
  restored: /^the box runs version (?<running>\S+), which a restored backup no longer knows; the next change replaces it$/,
  noTime: /^the box has no clock that it can trust and takes nothing new$/,
  nothingWanted: /^nothing is wanted of the box yet$/,
  silent: /^no heartbeat for (?<seconds>\d+) s$/,
  broke: /^the connection broke$/,
  notReported: /^it has enrolled and not reported yet$/,
  inQuarantine: /^its enrolment is in quarantine$/,
  notEnrolled: /^it has not enrolled yet$/,
  stopped: /^the agent was stopped$/,
  lost: /^connection lost$/,
  claimUsed: /^came with a claim that was used before$/,
  ended: /^its enrolment has ended: it needs a new claim$/,
} as const;

type KnownReason = keyof typeof WORDINGS;

export interface FoundReason {
  readonly facet: Facet | null;
  readonly reason: KnownReason | null;
  /** Parts for the text; `text` is the wording itself. */
  readonly values: Readonly<Record<string, string>>;
}

/** Takes a reason apart: the facet it is about, and which known wording it is. */
export function findReason(text: string): FoundReason {
  const prefix = /^(signatures|policy): /.exec(text);
  const facet = (prefix?.[1] as Facet | undefined) ?? null;
  const wording = prefix ? text.slice(prefix[0].length) : text;
  for (const [reason, pattern] of Object.entries(WORDINGS) as [KnownReason, RegExp][]) {
    const match = pattern.exec(wording);
    if (match) return { facet, reason, values: { text: wording, detail: '', ...definedGroups(match) } };
  }
  return { facet, reason: null, values: { text: wording } };
}

function definedGroups(match: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined));
}
