import { beginsWith } from './begins-with.js';
import { contains } from './contains.js';
import { containsWord } from './contains-word.js';
import { detectSqli } from './detect-sqli.js';
import { detectXss } from './detect-xss.js';
import { endsWith } from './ends-with.js';
import { eq } from './eq.js';
import { ge } from './ge.js';
import { geoLookup } from './geo-lookup.js';
import { gt } from './gt.js';
import { ipMatch } from './ip-match.js';
import { ipMatchF } from './ip-match-f.js';
import { ipMatchFromFile } from './ip-match-from-file.js';
import { le } from './le.js';
import { lt } from './lt.js';
import { noMatch } from './no-match.js';
import type { Operator } from './operator.js';
import { pm } from './pm.js';
import { pmF } from './pm-f.js';
import { pmFromFile } from './pm-from-file.js';
import { rbl } from './rbl.js';
import { rx } from './rx.js';
import { rxGlobal } from './rx-global.js';
import { streq } from './streq.js';
import { strmatch } from './strmatch.js';
import { unconditionalMatch } from './unconditional-match.js';
import { validateByteRange } from './validate-byte-range.js';
import { validateNid } from './validate-nid.js';
import { validateUrlEncoding } from './validate-url-encoding.js';
import { validateUtf8Encoding } from './validate-utf8-encoding.js';
import { verifyCc } from './verify-cc.js';
import { verifyCpf } from './verify-cpf.js';
import { verifySsn } from './verify-ssn.js';
import { verifySvnr } from './verify-svnr.js';
import { within } from './within.js';

const BY_NAME: ReadonlyMap<string, Operator> = new Map(
  [
    beginsWith,
    contains,
    containsWord,
    detectSqli,
    detectXss,
    endsWith,
    eq,
    ge,
    geoLookup,
    gt,
    ipMatch,
    ipMatchF,
    ipMatchFromFile,
    le,
    lt,
    noMatch,
    pm,
    pmF,
    pmFromFile,
    rbl,
    rx,
    rxGlobal,
    streq,
    strmatch,
    unconditionalMatch,
    validateByteRange,
    validateNid,
    validateUrlEncoding,
    validateUtf8Encoding,
    verifyCc,
    verifyCpf,
    verifySsn,
    verifySvnr,
    within,
  ].map((operator) => [operator.name, operator]),
);

/** The operator of a name in any case. */
export function findOperator(name: string): Operator | undefined {
  return BY_NAME.get(name.toLowerCase());
}
