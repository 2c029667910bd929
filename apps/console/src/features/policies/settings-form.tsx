import { Checkbox, Switch, Text } from '@mantine/core';
import { DEFAULT_SETTINGS, settingAt, type PolicyScope } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingValue } from '../../platform/components/setting-value.js';
import { IconLock } from '@tabler/icons-react';
import type { LayersAbove } from './layers-above.js';
import { Panel } from '../../platform/components/panel.js';
import { useAnyText } from '../../platform/i18n/use-any-text.js';
import { useIssueText } from './draft-issues.js';
import { draftValue, issuesAt, withLock, withValue, type Draft, type DraftIssue } from './policy-draft.js';
import { fieldGroups, settingFields, type SettingField } from './setting-fields.js';
import { SettingInput } from './setting-input.js';
import classes from './settings-form.module.css';

interface Props {
  readonly draft: Draft;
  readonly issues: readonly DraftIssue[];
  readonly isReadOnly: boolean;
  readonly scope: PolicyScope;
  /** What the layers above say; undefined where it is not known. */
  readonly above: LayersAbove | undefined;
  readonly onChange: (draft: Draft) => void;
}

const GROUPS = fieldGroups(settingFields());

/** Every setting in its group: set here or left to the layers above, locked or not. */
export function SettingsForm(props: Props): ReactNode {
  const { say } = useAnyText();
  return GROUPS.map(([group, fields]) => (
    <Panel key={group} title={say(`settingGroup.${group}`)}>
      <div className={classes['rows']}>
        {fields.map((field) => (
          <Row key={field.path} field={field} {...props} />
        ))}
      </div>
    </Panel>
  ));
}

function Row({ field, draft, issues, isReadOnly, scope, above, onChange }: Props & { readonly field: SettingField }): ReactNode {
  const { t } = useTranslation();
  const { has, say } = useAnyText();
  const describe = useIssueText();
  const { path } = field;
  const value = draftValue(draft, path);
  const isSet = value !== undefined;
  const lockedBy = above?.locks[path];
  const label = say(`setting.${path}`);
  const hint = `settingHint.${path}`;
  const wrong = issuesAt(issues, path).map(describe).join(' ');
  return (
    <div className={classes['row']}>
      <div>
        <Text size="sm" fw={500}>
          {label}
        </Text>
        {has(hint) && (
          <Text size="xs" c="dimmed">
            {say(hint)}
          </Text>
        )}
      </div>
      <Switch
        size="xs"
        checked={isSet}
        disabled={isReadOnly || (lockedBy !== undefined && !isSet)}
        label={t('policy.setHere')}
        aria-label={t('policy.setHereOf', { setting: label })}
        onChange={(event) =>
          onChange(withValue(draft, path, event.currentTarget.checked ? settingAt(above?.settings ?? DEFAULT_SETTINGS, path) : undefined))
        }
      />
      <div className={classes['value']}>
        {isSet ? (
          <SettingInput
            field={field}
            label={label}
            value={value}
            error={wrong}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange(withValue(draft, path, next))}
          />
        ) : (
          <Text size="sm" c="dimmed">
            {scope === 'provider' ? t('policy.leftToDefault') : t('policy.leftToAbove')}{' '}
            {above && <SettingValue path={path} value={settingAt(above.settings, path)} />}
          </Text>
        )}
        {lockedBy !== undefined && (
          <Text size="xs">
            <IconLock size={13} aria-hidden style={{ verticalAlign: 'text-bottom' }} />{' '}
            {t('policy.lockedAbove', { scope: t(`policy.scope.${lockedBy}`) })}
          </Text>
        )}
      </div>
      {scope !== 'application' && (
        <Checkbox
          size="xs"
          checked={draft.locks.includes(path)}
          disabled={isReadOnly}
          label={t('policy.lock')}
          aria-label={t('policy.lockOf', { setting: label })}
          onChange={(event) => onChange(withLock(draft, path, event.currentTarget.checked))}
        />
      )}
    </div>
  );
}
