import { Switch, Text } from '@mantine/core';
import { SETTING_PATHS, settingAt, type EffectivePolicyView } from '@phalanx/contracts';
import { IconLock } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { Loaded } from '../../platform/components/loaded.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { SettingValue } from '../../platform/components/setting-value.js';
import { useAnyText } from '../../platform/i18n/use-any-text.js';

/** Every setting that holds for the application, where it comes from, and who has locked it. */
export function EffectivePolicy({ applicationId }: { readonly applicationId: string }): ReactNode {
  const { t } = useTranslation();
  const { say } = useAnyText();
  const [isOwnOnly, setOwnOnly] = useState(false);
  const policy = useResource<EffectivePolicyView>(`/applications/${applicationId}/effective-policy`);
  return (
    <Loaded query={policy} what={t('application.effective.unread')} lines={6}>
      {(view) => {
        const columns: readonly PlainColumn<string>[] = [
          { id: 'setting', header: t('application.effective.setting'), cell: (path) => <span title={path}>{say(`setting.${path}`)}</span> },
          {
            id: 'value',
            header: t('application.effective.value'),
            cell: (path) => <SettingValue path={path} value={settingAt(view.settings, path)} />,
          },
          { id: 'origin', header: t('application.effective.origin'), cell: (path) => t(`policy.origin.${view.origin[path] ?? 'default'}`) },
          {
            id: 'lock',
            header: t('application.effective.lock'),
            cell: (path) => {
              const scope = view.locks[path];
              return (
                scope !== undefined && (
                  <Text size="xs" component="span">
                    <IconLock size={13} aria-hidden style={{ verticalAlign: 'text-bottom' }} />{' '}
                    {t('application.effective.lockedBy', { scope: t(`policy.scope.${scope}`) })}
                  </Text>
                )
              );
            },
          },
        ];
        return (
          <>
            <Switch
              size="xs"
              mb="xs"
              label={t('application.effective.onlySet')}
              checked={isOwnOnly}
              onChange={(event) => setOwnOnly(event.currentTarget.checked)}
            />
            <PlainTable
              label={t('application.effective.title')}
              columns={columns}
              rows={SETTING_PATHS.filter((path) => !isOwnOnly || view.origin[path] !== 'default' || view.locks[path] !== undefined)}
              keyOf={(path) => path}
              empty={<Text size="sm">{t('application.effective.allDefault')}</Text>}
            />
          </>
        );
      }}
    </Loaded>
  );
}
