import type { HaCondition, HaState } from '@phalanx/contracts';
import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconBarrierBlock,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockPause,
  IconHelpCircle,
  IconPlayerPause,
  IconProgress,
  IconVolumeOff,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Status, type Tone } from './status.js';

const CONDITIONS = {
  whole: { tone: 'good', icon: IconCircleCheck },
  'no-master': { tone: 'bad', icon: IconCircleX },
  'two-masters': { tone: 'bad', icon: IconArrowsSplit2 },
  'silent-peer': { tone: 'warn', icon: IconVolumeOff },
  degraded: { tone: 'warn', icon: IconAlertTriangle },
  maintenance: { tone: 'busy', icon: IconBarrierBlock },
  unknown: { tone: 'none', icon: IconHelpCircle },
} as const satisfies Record<HaCondition, { tone: Tone; icon: Icon }>;

/** How a pair stands, as icon and word. */
export function PairCondition({ condition }: { readonly condition: HaCondition }): ReactNode {
  const { t } = useTranslation();
  return <Status {...CONDITIONS[condition]}>{t(`pair.condition.${condition}`)}</Status>;
}

const STATES = {
  master: { tone: 'good', icon: IconCircleCheck },
  backup: { tone: 'none', icon: IconPlayerPause },
  init: { tone: 'busy', icon: IconProgress },
  fault: { tone: 'bad', icon: IconCircleX },
  stopped: { tone: 'none', icon: IconClockPause },
} as const satisfies Record<HaState, { tone: Tone; icon: Icon }>;

/** How one member stands; without a report it is unknown. */
export function MemberState({ state }: { readonly state: HaState | null }): ReactNode {
  const { t } = useTranslation();
  if (state === null)
    return (
      <Status tone="none" icon={IconCircleDashed}>
        {t('pair.condition.unknown')}
      </Status>
    );
  return <Status {...STATES[state]}>{t(`event.haState.${state}`)}</Status>;
}
