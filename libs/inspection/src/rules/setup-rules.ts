import type { Settings } from '@phalanx/contracts';
import { GENERATED_IDS } from './reserved-ids.js';

const MAX_ARGUMENTS = 1000;

function setupAction(id: number, signatures: Settings['signatures'], extra: readonly string[]): string {
  const { paranoiaLevel, inboundThreshold, outboundThreshold } = signatures;
  const assignments = [
    ...extra,
    // CRS 4
    `setvar:tx.blocking_paranoia_level=${paranoiaLevel}`,
    `setvar:tx.detection_paranoia_level=${paranoiaLevel}`,
    // CRS 3
    `setvar:tx.paranoia_level=${paranoiaLevel}`,
    `setvar:tx.executing_paranoia_level=${paranoiaLevel}`,
    `setvar:tx.inbound_anomaly_score_threshold=${inboundThreshold}`,
    `setvar:tx.outbound_anomaly_score_threshold=${outboundThreshold}`,
  ];
  return `SecAction "id:${id},phase:1,pass,nolog,t:none,${assignments.join(',')}"`;
}

/** The refusal of bodies that can't be read, and of more arguments than are looked at: what no rule could see must not pass. */
export function unreadableBodies(): string {
  const { bodyUnreadable, multipartMalformed, multipartHidden, tooManyArguments } = GENERATED_IDS;
  const deny = 'phase:2,t:none,log,deny,status:400,severity:CRITICAL';
  return [
    `SecArgumentsLimit ${MAX_ARGUMENTS}`,
    `SecRule REQBODY_ERROR "!@eq 0" "id:${bodyUnreadable},${deny},msg:'The request body could not be read',logdata:'%{reqbody_error_msg}'"`,
    `SecRule MULTIPART_STRICT_ERROR "!@eq 0" "id:${multipartMalformed},${deny},msg:'The multipart body is malformed'"`,
    `SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" "id:${multipartHidden},${deny},msg:'The multipart body may hide a part'"`,
    `SecRule &ARGS "@ge ${MAX_ARGUMENTS}" "id:${tooManyArguments},${deny},msg:'The request has more arguments than are looked at'"`,
  ].join('\n');
}

/** The policy's thresholds, in front of the pack: these hold where the pack's own set-up says nothing. */
export function setupBeforePack(signatures: Settings['signatures']): string {
  // A pack without its set-up file would answer everything with an error of its own.
  return setupAction(GENERATED_IDS.setupBeforePack, signatures, ['setvar:tx.crs_setup_version=400']);
}

/** The same behind the pack's set-up file, whose own values give way to the policy's. */
export function setupAfterPackSetup(signatures: Settings['signatures']): string {
  return setupAction(GENERATED_IDS.setupAfterPackSetup, signatures, []);
}

/** The last word on what a pack's base configuration may have set otherwise: whether anything is refused is for the application's level to say. */
export function engineSwitch(): string {
  return ['SecRuleEngine On', 'SecRequestBodyAccess On', 'SecResponseBodyAccess On'].join('\n');
}
