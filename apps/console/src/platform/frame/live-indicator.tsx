import { Group, Text, Tooltip } from '@mantine/core';
import { IconBolt, IconBoltOff, IconProgress } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveStatus } from '../live/live-context.js';

const LOOKS = {
  off: { tone: 'none', icon: IconBoltOff },
  connecting: { tone: 'busy', icon: IconProgress },
  open: { tone: 'good', icon: IconBolt },
  lost: { tone: 'warn', icon: IconBoltOff },
} as const;

/** Whether what is shown keeps itself up to date. */
export function LiveIndicator(): ReactNode {
  const { t } = useTranslation();
  const status = useLiveStatus();
  const { tone, icon: Sign } = LOOKS[status];
  return (
    <Tooltip label={t(`live.explain.${status}`)} multiline maw={280}>
      <Group gap={4} wrap="nowrap" px={6} role="status" data-live={status}>
        <Sign size={16} color={`var(--state-${tone})`} aria-hidden />
        <Text size="xs" visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
          {t(`live.${status}`)}
        </Text>
      </Group>
    </Tooltip>
  );
}
