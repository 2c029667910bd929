import type { Difference, SideVerdict } from './comparison.js';
import type { RuleMatch } from './matched-rules.js';

/** A kind of difference between the engines, and why ours is as it is. */
interface Explanation {
  readonly applies: (difference: Distinction) => boolean;
  readonly reason: string;
}

/** What a difference comes down to. */
interface Distinction {
  /** Rules that this side alone matched, without those that merely add up scores; empty on the other side. */
  readonly side: 'engine' | 'ModSecurity';
  readonly rules: readonly number[];
  /** What those rules say they found, and in what; a line for each. */
  readonly found: string;
  /** The whole request. */
  readonly request: string;
  readonly name: string;
}

/** Anomaly scores: they follow from the rules before them. */
const SUMS = new Set([949_110, 959_100, 980_130, 980_140, 980_170]);

/** URL encoding abuse, a warning, judged on REQUEST_URI: which ModSecurity 3 gives decoded once (`80%25` as `80%`, `%2%38` as `%28`), and we as it was sent. */
const URL_ENCODING = 920_220;

/** The rules that ask the detectors: `@detectSQLi` and `@detectXSS`, which here are our own and in ModSecurity libinjection. */
const SQL_DETECTOR = 942_100;
const XSS_DETECTOR = 941_100;

const isOnly = ({ side, rules }: Distinction, of: Distinction['side'], rule: number): boolean =>
  side === of && rules.length > 0 && rules.every((id) => id === rule);

/** Differences whose cause is known. The first that applies counts. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    applies: ({ side, rules, request, found }) =>
      side === 'ModSecurity' &&
      /^content-type: *(?:multipart|text\/xml|application\/(?:\S+\+)?xml)/im.test(request) &&
      rules.length > 0 &&
      (/^(?:.*REQUEST_BODY.*(?:\n|$))+$/.test(found) || rules.every((id) => id === 921_110 || (id >= 944_000 && id < 945_000))),
    reason:
      'ModSecurity 3 fills REQUEST_BODY with the raw body of XML and multipart too, so rules on it match markup; the regression tests (944100-11 expects no match) want it empty then',
  },
  {
    applies: ({ side, found }) =>
      side === 'ModSecurity' && found !== '' && found.split('\n').every((data) => data.includes('found within XML://@*')),
    reason:
      "CRS 4.25.1 leaves attributes of XML alone unless asked; ModSecurity's copy goes without those lines of rule 901181, which it can't parse",
  },
  {
    applies: ({ side, rules, request }) => side === 'ModSecurity' && rules.length === 1 && rules[0] === 932_340 && request.endsWith('\n'),
    reason:
      'in ModSecurity 3 `$` also matches in front of a last line feed, in ModSecurity 2, Coraza and here only at the end of the value',
  },
  {
    applies: ({ side, rules, request }) => side === 'ModSecurity' && rules.includes(200_002) && /^content-length: *0\s*$/im.test(request),
    reason: 'ModSecurity 3 calls an XML or JSON body of no bytes malformed; nothing was sent, so ours has nothing to call so',
  },
  {
    // Tried: the same markup is blocked by both with `&#1;` in that place.
    applies: ({ side, request }) => side === 'engine' && /(?:&#|%26%23)x?0+(?:;|%3B|\b)|(?:\\|%5C)(?:0|x00|u0000)/i.test(request),
    reason: 'an escaped NUL: ModSecurity 3.0.9 ends the decoded value there, and misses the markup behind it',
  },
  {
    applies: ({ rules, found }) =>
      rules.length > 0 && (rules.every((id) => id === URL_ENCODING) || found.split('\n').every((data) => data.startsWith('REQUEST_URI='))),
    reason:
      'ModSecurity 3 gives rules REQUEST_URI decoded once already, so that `80%25` looks like abuse, and what is encoded twice like plain text',
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', SQL_DETECTOR) && difference.name.startsWith('benign'),
    reason: 'a harmless text of the corpus of those that libinjection flags',
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', SQL_DETECTOR) && /^Matched Data: [n1]c [^]*\w\/\*/m.test(difference.found),
    reason:
      'libinjection takes a word or number in front of a C comment sign for an injection; paths and media ranges such as x/* look the same',
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', SQL_DETECTOR) && /^Matched Data: 1(?:o1)*c [^]*--/m.test(difference.found),
    reason: 'libinjection takes numbers in front of -- for an injection; without a quote, condition or call they change no statement',
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', SQL_DETECTOR),
    reason: "libinjection's table holds the sequence of this text's words; ours reads no condition, call, query or end of a string in it",
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', XSS_DETECTOR) && /style\s*=/i.test(difference.found),
    reason: 'libinjection takes every style attribute for script; ours looks for script in it',
  },
  {
    applies: (difference) => isOnly(difference, 'ModSecurity', XSS_DETECTOR),
    reason:
      'libinjection refuses a name of an attribute or element wherever it stands; ours finds nothing in this place that a browser would run',
  },
  {
    applies: (difference) => isOnly(difference, 'engine', SQL_DETECTOR) && /['"]/.test(difference.found),
    reason:
      "closes a string, goes on with an expression, and comments out or quotes the rest: an injection whose sequence of words libinjection's table lacks",
  },
  {
    applies: (difference) => isOnly(difference, 'engine', SQL_DETECTOR),
    reason: "a query, a condition or another statement in the text: an injection whose sequence of words libinjection's table lacks",
  },
  {
    applies: (difference) => isOnly(difference, 'engine', XSS_DETECTOR) && /%3c/i.test(difference.found),
    reason: 'markup that is encoded once more than the rule decodes: ours reads it decoded as well',
  },
  {
    applies: (difference) => isOnly(difference, 'engine', XSS_DETECTOR),
    reason: 'an element, attribute or URL that runs script, and that libinjection overlooks for what is glued to it',
  },
];

/** Why the engines differ, or null where that is not known. */
export function explain(difference: Difference): string | null {
  const distinction = distinguish(difference);
  return EXPLANATIONS.find(({ applies }) => applies(distinction))?.reason ?? null;
}

/** What the deciding side found: for a list of differences. */
export function findings(difference: Difference): string {
  return distinguish(difference).found;
}

function distinguish({ engine, modSecurity, of }: Difference): Distinction {
  const side = engine.isBlocked ? 'engine' : 'ModSecurity';
  const all = engine.isBlocked ? without(engine, modSecurity) : without(modSecurity, engine);
  // A warning alone blocks nothing: beside another rule it isn't what decides.
  const deciding = all.filter(({ id }) => id !== URL_ENCODING);
  const matches = deciding.length > 0 ? deciding : all;
  return {
    side,
    rules: matches.map(({ id }) => id),
    found: matches.map(({ data }) => data.replaceAll(/[\r\n]+/g, ' ')).join('\n'),
    request: of.bytes.toString('latin1'),
    name: of.name,
  };
}

function without(side: SideVerdict, other: SideVerdict): RuleMatch[] {
  return side.rules.filter(({ id }) => !SUMS.has(id) && !other.rules.some((match) => match.id === id));
}
