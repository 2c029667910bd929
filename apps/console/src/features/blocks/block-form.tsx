import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { blockedSchema } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useSession } from '../../platform/api/session.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { useNotice } from '../../platform/components/use-notice.js';
import { LIFETIMES, lifetimeSeconds, type LifetimeId } from './lifetimes.js';
import { readAddresses } from './read-addresses.js';

const ALL = 'all';

/** Blocks addresses: one or thousands at once, pasted as text. */
export function BlockForm({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const { tenants } = useSession();
  const tenant = useTenant();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [tenantId, setTenantId] = useState<string>(tenant?.id ?? ALL);
  const [lifetime, setLifetime] = useState<LifetimeId>('day');
  const { addresses, wrong } = useMemo(() => readAddresses(text, (word) => blockedSchema.safeParse(word).success), [text]);
  const isReady = addresses.length > 0 && addresses.length <= 50_000 && wrong.length === 0 && reason.trim() !== '';
  const create = useMutation({
    mutationFn: () =>
      api.post<{ created: number; updated: number; boxes: number }>('/blocks', {
        tenantId: tenantId === ALL ? null : tenantId,
        addresses,
        reason: reason.trim(),
        expiresInSeconds: lifetimeSeconds(lifetime),
      }),
    onSuccess: async ({ created, updated, boxes }) => {
      notice(t('block.added', { created, updated, boxes }));
      onClose();
      await queries.invalidateQueries({ queryKey: ['/blocks'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !create.isPending) create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Textarea
          data-autofocus
          label={t('block.form.addresses')}
          description={t('block.form.addressesHint')}
          autosize
          minRows={4}
          maxRows={14}
          spellCheck={false}
          value={text}
          error={wrong.length > 0 ? t('block.form.wrong', { count: wrong.length, first: wrong[0]! }) : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8rem' } }}
        />
        <Text size="xs" c="dimmed">
          {t('block.form.count', { count: addresses.length })}
        </Text>
        <TextInput
          label={t('block.form.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group grow>
          <Select
            label={t('frame.tenant')}
            allowDeselect={false}
            data={[{ value: ALL, label: t('frame.allTenants') }, ...tenants.map(({ id, name }) => ({ value: id, label: name }))]}
            value={tenantId}
            onChange={(value) => setTenantId(value ?? ALL)}
          />
          <Select
            label={t('block.form.lifetime')}
            allowDeselect={false}
            data={LIFETIMES.map(({ id }) => ({ value: id, label: t(`block.lifetime.${id}`) }))}
            value={lifetime}
            onChange={(value) => setLifetime((value as LifetimeId | null) ?? 'day')}
          />
        </Group>
        {create.error && <ProblemAlert error={create.error} what={t('block.unadded')} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={create.isPending}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!isReady}>
            {t('block.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
