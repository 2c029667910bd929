import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../format/use-now.js';
import { SPANS, spanWindow, type SpanId, type SpanWindow } from './spans.js';

/** Chooses how far back charts look. */
export function TimeSpan({ value, onChange }: { readonly value: SpanId; readonly onChange: (span: SpanId) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('chart.span')}
      value={value}
      onChange={(next) => onChange(next as SpanId)}
      data={SPANS.map(({ id }) => ({ value: id, label: t(`chart.spans.${id}`) }))}
    />
  );
}

/** The window of a span up to now, moving on with its buckets. */
export function useSpanWindow(span: SpanId): SpanWindow {
  const now = useNow(15_000);
  const { bucketMinutes } = SPANS.find(({ id }) => id === span)!;
  const end = Math.ceil(now / (bucketMinutes * 60_000));
  return useMemo(() => spanWindow(span, end * bucketMinutes * 60_000), [span, end, bucketMinutes]);
}
