import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from './problem.js';

interface Props<T> {
  readonly query: UseQueryResult<T>;
  /** What could not be read, for the failure's title. */
  readonly what: string;
  readonly lines?: number;
  readonly children: (value: T) => ReactNode;
}

/** Shows what a query gave: a skeleton while it runs (calls end by themselves after a while), the failure, or the value. */
export function Loaded<T>({ query, what, lines = 3, children }: Props<T>): ReactNode {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemAlert error={query.error} what={what} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="sm" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={18} width={`${90 - ((index * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}
