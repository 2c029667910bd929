import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** The next step, in words. */
  readonly next: ReactNode;
  readonly action?: ReactNode;
}

/** What stands where there is nothing yet: why, and the next step. */
export function Empty({ title, next, action }: Props): ReactNode {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" role="status">
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={560} ta="center" component="div">
        {next}
      </Text>
      {action}
    </Stack>
  );
}
