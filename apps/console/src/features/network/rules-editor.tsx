import { ActionIcon, Button, Group, Menu, Stack, Switch, Text } from '@mantine/core';
import type { FirewallRule, NetworkPolicy } from '@phalanx/contracts';
import { IconArrowDown, IconArrowUp, IconBan, IconCircleCheck, IconCircleX, IconDots } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../platform/components/empty.js';
import { Panel } from '../../platform/components/panel.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Status } from '../../platform/components/status.js';
import { moved, newRule } from './network-draft.js';
import { RuleDialog } from './rule-dialog.js';

interface Props {
  readonly policy: NetworkPolicy;
  readonly isReadOnly: boolean;
  readonly onChange: (rules: FirewallRule[]) => void;
}

const LOOKS = {
  accept: { tone: 'good', icon: IconCircleCheck },
  drop: { tone: 'bad', icon: IconBan },
  reject: { tone: 'bad', icon: IconCircleX },
} as const;

/** The access control list in its order: the first rule that fits decides. */
export function RulesEditor({ policy, isReadOnly, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<FirewallRule | null>(null);
  const { rules } = policy;
  const place = (rule: FirewallRule) => rules.findIndex(({ id }) => id === rule.id);
  const put = (rule: FirewallRule) => onChange(place(rule) < 0 ? [...rules, rule] : rules.map((old) => (old.id === rule.id ? rule : old)));
  const whom = ({ groups, addresses }: FirewallRule['source']) =>
    groups.length + addresses.length === 0 ? t('network.anybody') : <span className="mono">{[...groups, ...addresses].join(', ')}</span>;
  const columns: readonly PlainColumn<FirewallRule>[] = [
    { id: 'place', header: '#', isNumber: true, cell: (row) => String(place(row) + 1) },
    {
      id: 'enabled',
      header: t('network.rule.enabled'),
      cell: (row) => (
        <Switch
          size="xs"
          checked={row.enabled}
          disabled={isReadOnly}
          aria-label={t('network.rule.enabledOf', { name: row.name })}
          onChange={(event) => put({ ...row, enabled: event.currentTarget.checked })}
        />
      ),
    },
    {
      id: 'name',
      header: t('network.rule.name'),
      cell: (row) => (
        <Button size="compact-sm" variant="transparent" px={0} onClick={() => setEditing(row)}>
          {row.name}
        </Button>
      ),
    },
    {
      id: 'way',
      header: t('network.rule.direction'),
      cell: (row) => (
        <Stack gap={0}>
          <span>{t(`network.direction.${row.direction}`)}</span>
          {row.from !== null && (
            <Text size="xs" c="dimmed">
              {t(`network.role.${row.from}`)}
            </Text>
          )}
        </Stack>
      ),
    },
    { id: 'source', header: t('network.rule.source'), cell: (row) => whom(row.source) },
    { id: 'destination', header: t('network.rule.destination'), cell: (row) => whom(row.destination) },
    {
      id: 'services',
      header: t('network.rule.services'),
      cell: (row) => (row.services.length === 0 ? t('network.anything') : row.services.join(', ')),
    },
    { id: 'schedule', header: t('network.rule.schedule'), cell: (row) => row.schedule ?? t('network.always') },
    {
      id: 'action',
      header: t('network.rule.action'),
      cell: (row) => <Status {...LOOKS[row.action]}>{t(`network.action.${row.action}`)}</Status>,
    },
    { id: 'log', header: t('network.rule.log'), cell: (row) => (row.log ? t('state.yes') : t('state.no')) },
    {
      id: 'move',
      header: t('network.rule.order'),
      cell: (row) =>
        !isReadOnly && (
          <Group gap={2} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              size="sm"
              disabled={place(row) === 0}
              aria-label={t('network.rule.upOf', { name: row.name })}
              onClick={() => onChange(moved(rules, place(row), -1))}
            >
              <IconArrowUp size={14} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              size="sm"
              disabled={place(row) === rules.length - 1}
              aria-label={t('network.rule.downOf', { name: row.name })}
              onClick={() => onChange(moved(rules, place(row), 1))}
            >
              <IconArrowDown size={14} aria-hidden />
            </ActionIcon>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" size="sm" aria-label={t('network.rule.moreOf', { name: row.name })}>
                  <IconDots size={14} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setEditing(row)}>{t('network.rule.edit')}</Menu.Item>
                <Menu.Item
                  onClick={() => {
                    const at = place(row) + 1;
                    onChange([...rules.slice(0, at), { ...row, id: crypto.randomUUID() }, ...rules.slice(at)]);
                  }}
                >
                  {t('network.rule.copy')}
                </Menu.Item>
                <Menu.Item color="red" onClick={() => onChange(rules.filter(({ id }) => id !== row.id))}>
                  {t('network.rule.remove')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        ),
    },
  ];
  return (
    <Panel
      title={t('network.rules')}
      actions={
        !isReadOnly && (
          <Button size="xs" variant="default" onClick={() => setEditing(newRule(t('network.rule.newName')))}>
            {t('network.rule.add')}
          </Button>
        )
      }
    >
      <PlainTable
        label={t('network.rules')}
        columns={columns}
        rows={rules}
        keyOf={(row) => row.id}
        minWidth={1080}
        empty={<Empty title={t('network.noRules')} next={t('network.noRulesNext')} />}
      />
      <Text size="sm" c="dimmed" mt="xs">
        {t('network.defaultsLine', {
          input: t(`network.action.${policy.defaults.input}`),
          forward: t(`network.action.${policy.defaults.forward}`),
        })}
      </Text>
      <RuleDialog
        key={editing?.id ?? 'none'}
        rule={editing}
        policy={policy}
        isReadOnly={isReadOnly}
        onSave={(rule) => {
          put(rule);
          setEditing(null);
        }}
        onClose={() => setEditing(null)}
      />
    </Panel>
  );
}
