import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import {
  LEVELS,
  type ApplianceStateView,
  type ApplianceView,
  type ApplicationView,
  type EffectivePolicyView,
  type Level,
} from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useCan } from '../../platform/api/session.js';
import { useResource, useWholeList } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { LevelStatus } from '../../platform/components/level-status.js';
import { LevelProgress } from './level-progress.js';
import { policyDigests, type LevelChange } from './level-change.js';

/** Shows the level and changes it, after saying what will happen; then where the change stands on each box. */
export function LevelSwitch({ application }: { readonly application: ApplicationView }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const canChange = useCan('policy:write');
  const [wanted, setWanted] = useState<Level | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [change, setChange] = useState<LevelChange | null>(null);
  const effective = useResource<EffectivePolicyView>(`/applications/${application.id}/effective-policy`);
  const boxes = useWholeList<ApplianceView>('/appliances', { tenantId: application.tenantId, clusterId: application.clusterId });
  const lockedBy = effective.data?.locks['level'];
  const isLocked = lockedBy !== undefined && lockedBy !== 'application';
  const save = useMutation({
    mutationFn: async (level: Level) => {
      const states = await Promise.all((boxes.data?.items ?? []).map(({ id }) => api.get<ApplianceStateView>(`/appliances/${id}/state`)));
      const before = policyDigests(states);
      await api.put(`/applications/${application.id}/level`, { level }, application.revision);
      return { level, before, at: Date.now() };
    },
    onSuccess: async (made) => {
      setChange(made);
      setAsking(false);
      setWanted(null);
      await queries.invalidateQueries({ predicate: ({ queryKey }) => /^\/(applications|appliances|policies)/.test(String(queryKey[0])) });
    },
  });
  const chosen = wanted ?? application.level;
  const level = t(`level.${chosen}`);
  return (
    <Stack gap="sm">
      <Radio.Group
        value={chosen}
        onChange={(value) => setWanted(LEVELS.find((candidate) => candidate === value) ?? null)}
        aria-label={t('application.level.title')}
      >
        <Stack gap="xs">
          {LEVELS.map((candidate) => (
            <Radio
              key={candidate}
              value={candidate}
              disabled={!canChange || isLocked}
              label={
                <Group gap="xs" wrap="nowrap">
                  <LevelStatus level={candidate} />
                  {candidate === application.level && (
                    <Text span size="xs" c="dimmed">
                      {t('application.level.now')}
                    </Text>
                  )}
                </Group>
              }
              description={t(`application.meaning.${candidate}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {isLocked && <Text size="sm">{t('application.level.locked', { scope: t(`policy.scope.${lockedBy}`) })}</Text>}
      {!canChange && <Text size="sm">{t('application.level.notAllowed')}</Text>}
      {wanted !== null && wanted !== application.level && (
        <Group gap="xs">
          <Button size="xs" onClick={() => setAsking(true)}>
            {t('application.level.change', { level })}
          </Button>
          <Button size="xs" variant="default" onClick={() => setWanted(null)}>
            {t('action.cancel')}
          </Button>
        </Group>
      )}
      {change && <LevelProgress change={change} boxes={boxes.data?.items ?? []} />}
      <ConfirmDialog
        isOpen={isAsking}
        title={t('application.level.ask', { name: application.name, level })}
        confirm={t('application.level.confirm', { level })}
        isPending={save.isPending}
        error={save.error}
        failed={t('application.level.failed')}
        onConfirm={() => wanted && save.mutate(wanted)}
        onClose={() => {
          setAsking(false);
          save.reset();
        }}
      >
        <Text size="sm">{t(`application.level.effect.${chosen}`)}</Text>
        <Text size="sm">{t('application.level.reach', { count: boxes.data?.items.length ?? 0 })}</Text>
      </ConfirmDialog>
    </Stack>
  );
}
