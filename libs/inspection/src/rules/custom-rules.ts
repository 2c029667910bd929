import { AppError } from '@phalanx/kit';
import { RESERVED_IDS, touchesEssentialRules } from './reserved-ids.js';

/** The name under which an operator's own rules are compiled and reported. */
export const CUSTOM_RULES_FILE = 'custom-rules.conf';

const ALLOWED = new Set(['secrule', 'secaction', 'secmarker', 'secruleremovebyid', 'secruleupdatetargetbyid']);
const MAX_REMOVED = 100;
const PROTECTED_NAME = /threshold|paranoia_level|crs_setup|early_blocking|sampling_percentage|enforce_bodyproc/;

/** A directive with its continuation lines joined; `line` (from 1) is where it begins. */
interface DirectiveLine {
  readonly line: number;
  readonly text: string;
}

function directiveLines(text: string): DirectiveLine[] {
  const found: DirectiveLine[] = [];
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let joined = lines[i] ?? '';
    while (joined.endsWith('\\') && i + 1 < lines.length) joined = joined.slice(0, -1) + (lines[++i] ?? '');
    const trimmed = joined.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) found.push({ line, text: trimmed });
  }
  return found;
}

/** Ids and ranges as in `942100,942200-942299`. Null when it isn't one. */
function idRanges(text: string): (readonly [number, number])[] | null {
  const ranges: (readonly [number, number])[] = [];
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(word);
    if (!match) return null;
    ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
  }
  return ranges;
}

function removalProblem(text: string): string | null {
  const ranges = idRanges(text);
  if (!ranges || ranges.length === 0) return 'must name rule ids';
  let removed = 0;
  for (const [first, last] of ranges) {
    removed += last - first + 1;
    if (touchesEssentialRules(first, last)) return `rule ${first} is needed for any refusal and can't be taken out`;
  }
  return removed > MAX_REMOVED ? `takes out ${removed} rules at once; at most ${MAX_REMOVED} are allowed` : null;
}

function controlProblem(option: string, value: string): string | null {
  switch (option) {
    case 'ruleengine':
      return value === 'on' ? null : 'ctl:ruleEngine may not switch the engine off or to detection';
    case 'requestbodyaccess':
      return value === 'on' ? null : 'ctl:requestBodyAccess may not switch body inspection off';
    case 'ruleremovebyid': {
      const problem = removalProblem(value);
      return problem && `ctl:ruleRemoveById ${problem}`;
    }
    case 'ruleremovebytag':
    case 'ruleremovebymsg':
      return 'ctl may not take out rules by tag or message; write an exception';
    case 'ruleremovetargetbyid':
    case 'ruleremovetargetbytag':
    case 'ruleremovetargetbymsg':
      return /;[a-z_]+:./.test(value) ? null : 'ctl may only take out a named target such as ARGS:comment';
    default:
      return null;
  }
}

function assignmentProblem(name: string, operator: string): string | null {
  if (name.includes('%{')) return 'setvar may not compute the name of a TX variable';
  if (PROTECTED_NAME.test(name)) return `setvar may not change tx.${name}, which the policy sets`;
  if (name.includes('anomaly_score') && operator !== '=+') return `setvar may only add to tx.${name}`;
  return null;
}

/** Looks at a directive without its quotes, spaces and backslashes, so that no way of quoting hides anything. */
function directiveProblem(text: string): string | null {
  const directive = (/^\S+/.exec(text)?.[0] ?? '').toLowerCase();
  if (!ALLOWED.has(directive)) return `${/^\S+/.exec(text)?.[0]} is not allowed in an operator's own rules`;
  const rest = text.slice(directive.length).toLowerCase();
  if (directive === 'secruleremovebyid') {
    const problem = removalProblem(rest.replace(/["']/g, ' '));
    return problem && `SecRuleRemoveById ${problem}`;
  }
  if (directive === 'secruleupdatetargetbyid') {
    const id = /^[\s"']*(\d+(?:-\d+)?)/.exec(rest)?.[1] ?? '';
    const problem = removalProblem(id);
    return problem && `SecRuleUpdateTargetById ${problem}`;
  }
  const bare = rest.replace(/[\\"'\s]/g, '');
  for (const match of bare.matchAll(/ctl[:=]([a-z]+)=([^,]*)/g)) {
    const problem = controlProblem(match[1] ?? '', match[2] ?? '');
    if (problem) return problem;
  }
  for (const match of bare.matchAll(/setvar[:=]!?tx[.:]([^=,]*)(=[+-]?)?/g)) {
    const problem = assignmentProblem(match[1] ?? '', match[2] ?? '');
    if (problem) return problem;
  }
  const isUnconditional = directive === 'secaction' || bare.includes('@unconditionalmatch');
  if (isUnconditional && /allow(?:[:=](?:phase|request))?(?:,|$)/.test(bare)) return 'allow needs a condition';
  for (const match of bare.matchAll(/id[:=](\d+)/g)) {
    const id = Number(match[1]);
    if (id >= RESERVED_IDS.first && id <= RESERVED_IDS.last) return `id ${id} is reserved (${RESERVED_IDS.first} to ${RESERVED_IDS.last})`;
  }
  return null;
}

/**
 * Refuses operators' SecLang that would switch the engine off, take rules out wholesale or undo what the policy sets. Throws
 * `invalid` with `file:line: reason`. Whether the rest is well-formed is for the compiler to say.
 */
export function checkCustomRules(text: string): void {
  for (const { line, text: directive } of directiveLines(text)) {
    const reason = directiveProblem(directive);
    if (reason === null) continue;
    throw new AppError('invalid', 'inspection.custom-rule', `${CUSTOM_RULES_FILE}:${line}: ${reason}`, {
      details: { file: CUSTOM_RULES_FILE, line, reason },
    });
  }
}
