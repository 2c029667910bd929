import { type PolicyDocument, type PolicyWriteResult, SETTING_PATHS, type PartialSettings, settingAt } from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';

export type SettingChange = PolicyWriteResult['changes'][number];

/** Values that differ, path by path. What one side does not say is null. */
export function settingChanges(before: PartialSettings, after: PartialSettings): SettingChange[] {
  return SETTING_PATHS.flatMap((path) => changeOf(path, settingAt(before, path), settingAt(after, path)));
}

/** The same for two documents, with their locks. */
export function documentChanges(before: PolicyDocument, after: PolicyDocument): SettingChange[] {
  return [...settingChanges(before.settings, after.settings), ...changeOf('locks', before.locks.toSorted(), after.locks.toSorted())];
}

function changeOf(path: string, before: unknown, after: unknown): SettingChange[] {
  const [from, to] = [before ?? null, after ?? null];
  return canonicalJson(from) === canonicalJson(to) ? [] : [{ path, from, to } as SettingChange];
}
