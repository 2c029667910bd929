import { accuracy } from './accuracy.js';
import { allow } from './allow.js';
import { auditlog } from './auditlog.js';
import { block } from './block.js';
import { capture } from './capture.js';
import { chain } from './chain.js';
import { ctl } from './ctl.js';
import { deny } from './deny.js';
import { drop } from './drop.js';
import { expirevar } from './expirevar.js';
import { id } from './id.js';
import { initcol } from './initcol.js';
import { log } from './log.js';
import { logdata } from './logdata.js';
import { maturity } from './maturity.js';
import { msg } from './msg.js';
import { multiMatch } from './multi-match.js';
import { noauditlog } from './noauditlog.js';
import { nolog } from './nolog.js';
import { pass } from './pass.js';
import { phase } from './phase.js';
import { redirect } from './redirect.js';
import { rev } from './rev.js';
import { setenv } from './setenv.js';
import { setrsc } from './setrsc.js';
import { setsid } from './setsid.js';
import { setuid } from './setuid.js';
import { setvar } from './setvar.js';
import { severity } from './severity.js';
import { skipAfter } from './skip-after.js';
import { skip } from './skip.js';
import { status } from './status.js';
import { t } from './t.js';
import { tag } from './tag.js';
import { ver } from './ver.js';
import { xmlns } from './xmlns.js';
import type { Action } from './action.js';

const BY_NAME: ReadonlyMap<string, Action> = new Map(
  [
    accuracy,
    allow,
    auditlog,
    block,
    capture,
    chain,
    ctl,
    deny,
    drop,
    expirevar,
    id,
    initcol,
    log,
    logdata,
    maturity,
    msg,
    multiMatch,
    noauditlog,
    nolog,
    pass,
    phase,
    redirect,
    rev,
    setenv,
    setrsc,
    setsid,
    setuid,
    setvar,
    severity,
    skipAfter,
    skip,
    status,
    t,
    tag,
    ver,
    xmlns,
  ].map((action) => [action.name, action]),
);

/** The action of a lower-case name. */
export function findAction(name: string): Action | undefined {
  return BY_NAME.get(name);
}
