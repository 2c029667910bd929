import { Stack, Text } from '@mantine/core';
import type { ApplianceStateView, ApplianceView } from '@phalanx/contracts';
import { IconCircleCheck, IconCircleX, IconPencil, IconProgress, IconSend } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { useReason } from '../../platform/components/reason.js';
import { Status } from '../../platform/components/status.js';
import { useFormat } from '../../platform/format/use-format.js';
import { appliedAfterMs, changeStep, type ChangeStep, type LevelChange } from './level-change.js';

const LOOKS = {
  writing: { tone: 'busy', icon: IconPencil },
  sending: { tone: 'busy', icon: IconSend },
  applying: { tone: 'busy', icon: IconProgress },
  applied: { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX },
} as const satisfies Record<ChangeStep, { tone: string; icon: typeof IconSend }>;
/** Asked this often while a change is on its way; a live hint is faster. */
const ASK_MS = 1_000;

interface Props {
  readonly change: LevelChange;
  readonly boxes: readonly ApplianceView[];
}

/** Where the change stands on each box of the application's cluster. */
export function LevelProgress({ change, boxes }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap={6} role="status" aria-label={t('application.progress.title')} data-progress>
      <Text size="sm" fw={600}>
        {t('application.progress.of', { level: t(`level.${change.level}`) })}
      </Text>
      {boxes.map((box) => (
        <BoxProgress key={`${box.id} ${change.at}`} box={box} before={change.before[box.id]} />
      ))}
      {boxes.length === 0 && <Text size="sm">{t('application.progress.noBox')}</Text>}
    </Stack>
  );
}

function BoxProgress({ box, before }: { readonly box: ApplianceView; readonly before: string | null | undefined }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const state = useResource<ApplianceStateView>(`/appliances/${box.id}/state`, {}, { refetchIntervalMs: ASK_MS });
  const step = state.data ? changeStep(before, state.data) : 'writing';
  const took = state.data ? appliedAfterMs(state.data) : null;
  const why = state.data?.facets.find(({ facet }) => facet === 'policy')?.reason ?? null;
  return (
    <div>
      <AnchorLink to="/appliances/$id" params={{ id: box.id }} fw={600} size="sm">
        {box.name}
      </AnchorLink>{' '}
      <Status {...LOOKS[step]}>
        {step === 'applied' && took !== null
          ? t('application.progress.appliedAfter', { time: format.milliseconds(took) })
          : t(`application.progress.${step}`)}
      </Status>
      {step !== 'applied' && !box.online && <Text size="xs">{t('application.progress.offline')}</Text>}
      {step !== 'applied' && step !== 'writing' && box.online && why !== null && <Text size="xs">{reason(why)}</Text>}
    </div>
  );
}
