import { Button, Group, MultiSelect, Select, SegmentedControl, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { type FirewallRule, firewallRuleSchema, INTERFACE_ROLES, type NetworkPolicy } from '@phalanx/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../platform/components/dialog.js';
import { EndpointsInput } from './endpoints-input.js';

interface Props {
  readonly rule: FirewallRule | null;
  readonly policy: NetworkPolicy;
  readonly isReadOnly: boolean;
  readonly onSave: (rule: FirewallRule) => void;
  readonly onClose: () => void;
}

/** One rule as a form. */
export function RuleDialog({ rule, onClose, ...props }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={rule !== null} onClose={onClose} title={rule?.name ?? t('network.rule.add')} size="xl" isLight={false}>
      {rule && <RuleForm rule={rule} onClose={onClose} {...props} />}
    </Dialog>
  );
}

function RuleForm({ rule, policy, isReadOnly, onSave, onClose }: Omit<Props, 'rule'> & { readonly rule: FirewallRule }): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(rule);
  const set = (patch: Partial<FirewallRule>) => setDraft({ ...draft, ...patch });
  const issues = firewallRuleSchema.safeParse(draft).error?.issues ?? [];
  const groups = policy.addressGroups.map(({ name }) => name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (issues.length === 0 && !isReadOnly) onSave(draft);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group align="flex-end">
          <TextInput
            data-autofocus
            label={t('network.rule.name')}
            value={draft.name}
            maxLength={100}
            readOnly={isReadOnly}
            onChange={(event) => set({ name: event.currentTarget.value })}
            style={{ flex: 1 }}
          />
          <Switch
            label={t('network.rule.enabled')}
            checked={draft.enabled}
            disabled={isReadOnly}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
            pb={8}
          />
        </Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label={t('network.rule.direction')}
            allowDeselect={false}
            disabled={isReadOnly}
            data={(['input', 'forward'] as const).map((value) => ({ value, label: t(`network.direction.${value}`) }))}
            value={draft.direction}
            onChange={(value) => set({ direction: value as FirewallRule['direction'] })}
          />
          <Select
            label={t('network.rule.from')}
            clearable
            disabled={isReadOnly}
            placeholder={t('network.anyInterface')}
            data={INTERFACE_ROLES.map((value) => ({ value, label: t(`network.role.${value}`) }))}
            value={draft.from}
            onChange={(value) => set({ from: value as FirewallRule['from'] })}
          />
          <EndpointsInput
            label={t('network.rule.source')}
            groups={groups}
            value={draft.source}
            isReadOnly={isReadOnly}
            onChange={(source) => set({ source })}
          />
          <EndpointsInput
            label={t('network.rule.destination')}
            groups={groups}
            value={draft.destination}
            isReadOnly={isReadOnly}
            onChange={(destination) => set({ destination })}
          />
          <MultiSelect
            label={t('network.rule.services')}
            disabled={isReadOnly}
            placeholder={draft.services.length === 0 ? t('network.anything') : ''}
            data={policy.services.map(({ name }) => name)}
            value={draft.services}
            onChange={(services) => set({ services })}
            nothingFoundMessage={t('network.noServices')}
            clearable
          />
          <Select
            label={t('network.rule.schedule')}
            clearable
            disabled={isReadOnly}
            placeholder={t('network.always')}
            data={policy.schedules.map(({ name }) => name)}
            value={draft.schedule}
            onChange={(schedule) => set({ schedule })}
            nothingFoundMessage={t('network.noSchedules')}
          />
        </SimpleGrid>
        <Group justify="space-between">
          <SegmentedControl
            aria-label={t('network.rule.action')}
            disabled={isReadOnly}
            value={draft.action}
            onChange={(value) => set({ action: value as FirewallRule['action'] })}
            data={(['accept', 'drop', 'reject'] as const).map((value) => ({ value, label: t(`network.action.${value}`) }))}
          />
          <Switch
            label={t('network.rule.logEvents')}
            checked={draft.log}
            disabled={isReadOnly}
            onChange={(event) => set({ log: event.currentTarget.checked })}
          />
        </Group>
        {issues.length > 0 && (
          <Text size="sm" role="alert" style={{ color: 'var(--state-bad)' }}>
            {issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join(' · ')}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          {!isReadOnly && (
            <Button type="submit" disabled={issues.length > 0}>
              {t('network.rule.keep')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
