import { ActionIcon, Button, Group, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { ROLES, type OperatorView, type RoleBinding } from '@phalanx/contracts';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useSession } from '../../platform/api/session.js';
import { Dialog } from '../../platform/components/dialog.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { bodyOf, formOf, wrongFields, type OperatorField } from './operator-form.js';

/** Whom the dialog is about. */
export type OperatorTarget = { readonly kind: 'new' } | { readonly kind: 'change'; readonly operator: OperatorView };

interface Props {
  readonly target: OperatorTarget | null;
  readonly onClose: () => void;
}

/** Makes an operator, or changes one. */
export function OperatorDialog({ target, onClose }: Props): ReactNode {
  const { t } = useTranslation();
  const operator = target?.kind === 'change' ? target.operator : null;
  return (
    <Dialog
      isOpen={target !== null}
      onClose={onClose}
      size="lg"
      isLight={false}
      title={operator ? t('admin.operator.change', { name: operator.username }) : t('admin.operator.add')}
    >
      <OperatorFields operator={operator} onClose={onClose} />
    </Dialog>
  );
}

function OperatorFields({ operator, onClose }: { readonly operator: OperatorView | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const [form, setForm] = useState(() => formOf(operator));
  const [isTried, setTried] = useState(false);
  const wrong = wrongFields(form, operator);
  const body = bodyOf(form, operator);
  const errorOf = (field: OperatorField) => (isTried && wrong.has(field) ? t(`admin.operator.wrong.${field}`) : undefined);
  const save = useMutation({
    mutationFn: () => (operator ? api.patch(`/operators/${operator.id}`, body, operator.revision) : api.post('/operators', body)),
    onSuccess: async () => {
      notice(t('admin.operator.saved', { name: form.username }));
      onClose();
      await queries.invalidateQueries({ queryKey: ['/operators'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size === 0) save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t('admin.operator.username')}
          disabled={operator !== null}
          value={form.username}
          error={errorOf('username')}
          autoComplete="off"
          onChange={(event) => setForm({ ...form, username: event.currentTarget.value })}
        />
        <TextInput
          label={t('admin.operator.name')}
          value={form.displayName}
          error={errorOf('displayName')}
          onChange={(event) => setForm({ ...form, displayName: event.currentTarget.value })}
        />
        <PasswordInput
          label={t('admin.operator.password')}
          description={operator ? t('admin.operator.passwordKeep') : t('admin.operator.passwordHint')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
          value={form.password}
          error={errorOf('password')}
          onChange={(event) => setForm({ ...form, password: event.currentTarget.value })}
        />
        <Bindings value={form.bindings} onChange={(bindings) => setForm({ ...form, bindings })} />
        {operator && (
          <Switch
            label={t('admin.operator.disable')}
            description={t('admin.operator.disableHint')}
            checked={form.disabled}
            onChange={(event) => setForm({ ...form, disabled: event.currentTarget.checked })}
          />
        )}
        {save.error && <ProblemAlert error={save.error} what={t('admin.operator.unsaved')} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={operator !== null && Object.keys(body).length === 0}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const ALL = '*';

/** Roles, each for one tenant or for all. */
function Bindings({
  value,
  onChange,
}: {
  readonly value: readonly RoleBinding[];
  readonly onChange: (bindings: readonly RoleBinding[]) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { tenants } = useSession();
  const change = (index: number, patch: Partial<RoleBinding>) =>
    onChange(value.map((binding, at) => (at === index ? { ...binding, ...patch } : binding)));
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {t('admin.operator.roles')}
      </Text>
      {value.map((binding, index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <Select
            size="xs"
            flex={1}
            allowDeselect={false}
            aria-label={t('admin.operator.role')}
            data={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
            value={binding.role}
            onChange={(role) => change(index, { role: ROLES.find((known) => known === role) ?? binding.role })}
          />
          <Select
            size="xs"
            flex={1}
            allowDeselect={false}
            aria-label={t('frame.tenant')}
            data={[{ value: ALL, label: t('frame.allTenants') }, ...tenants.map(({ id, name }) => ({ value: id, label: name }))]}
            value={binding.tenantId ?? ALL}
            onChange={(tenantId) => change(index, { tenantId: tenantId === ALL ? null : tenantId })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('admin.operator.removeRole')}
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {value.length === 0 && <Text size="sm">{t('admin.operator.noRole')}</Text>}
      <Button
        size="compact-xs"
        variant="subtle"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...value, { role: 'tenant-viewer', tenantId: tenants[0]?.id ?? null }])}
      >
        {t('admin.operator.addRole')}
      </Button>
    </Stack>
  );
}
