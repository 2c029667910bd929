import type { RuleException } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { byteString } from './byte-string.js';
import { GENERATED_IDS, touchesEssentialRules } from './reserved-ids.js';

const SAFE_TAG = /^[A-Za-z0-9_./:@ -]+$/;
const SAFE_TARGET = /^[A-Z_]+(?::[A-Za-z0-9_.[\]*/@~ -]+)?$/;
/** A tag that more than this share of a pack's rules carries would switch the pack off. */
const WHOLESALE_SHARE = 0.5;

function refuse(index: number, reason: string): AppError {
  return new AppError('invalid', 'inspection.exception', `exception ${index + 1}: ${reason}`, { details: { exception: index + 1 } });
}

function quotedPath(index: number, path: string): string {
  const bytes = byteString(path);
  if (/[\x00-\x1f\x7f"\\]|%\{/.test(bytes))
    throw refuse(index, 'pathPrefix must not hold quotes, backslashes, macros or control characters');
  return bytes;
}

/** The share of a pack's rules that carry a tag, counted in its text. */
function shareWithTag(packText: string, tag: string): number {
  const rules = packText.match(/^\s*Sec(?:Rule|Action)\s/gim)?.length ?? 0;
  const escaped = tag.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const tagged = packText.match(new RegExp(`\\btag:'?${escaped}(?:'|,|"|\\s)`, 'gi'))?.length ?? 0;
  return rules === 0 ? 0 : tagged / rules;
}

function controlOf(index: number, exception: RuleException, packText: string): string {
  const { ruleId, tag, target, pathPrefix } = exception;
  if (target !== undefined && !SAFE_TARGET.test(target)) throw refuse(index, `${target} is not a target such as ARGS:comment`);
  if (ruleId !== undefined) {
    if (touchesEssentialRules(ruleId, ruleId)) throw refuse(index, `rule ${ruleId} is needed for any refusal and can't be taken out`);
    return target === undefined ? `ctl:ruleRemoveById=${ruleId}` : `ctl:ruleRemoveTargetById=${ruleId};${target}`;
  }
  if (tag === undefined || !SAFE_TAG.test(tag)) throw refuse(index, 'the tag holds characters that tags do not have');
  const isNarrow = target?.includes(':') === true || (pathPrefix !== undefined && pathPrefix !== '/');
  if (!isNarrow && shareWithTag(packText, tag) > WHOLESALE_SHARE) {
    throw refuse(index, `the tag ${tag} names most of the pack's rules; name a target or a path`);
  }
  // The engine takes a tag as a pattern.
  const pattern = `^${tag.replaceAll('.', '[.]')}$`;
  return target === undefined ? `ctl:ruleRemoveByTag=${pattern}` : `ctl:ruleRemoveTargetByTag=${pattern};${target}`;
}

/** The SecLang of a policy's exceptions; it stands before the pack, so that it holds for all its phases. Throws `invalid` for one that can't be. */
export function exceptionRules(exceptions: readonly RuleException[], packText: string): string {
  return exceptions
    .map((exception, index) => {
      const id = GENERATED_IDS.firstException + index;
      const control = controlOf(index, exception, packText);
      const actions = `id:${id},phase:1,pass,nolog,${control}`;
      if (exception.pathPrefix === undefined) return `SecAction "${actions}"`;
      // Decoded and normalised, so that a path which only begins so (`/a/../b`) gets no exception.
      return `SecRule REQUEST_FILENAME "@beginsWith ${quotedPath(index, exception.pathPrefix)}" "${actions},t:none,t:urlDecode,t:normalizePath"`;
    })
    .join('\n');
}
