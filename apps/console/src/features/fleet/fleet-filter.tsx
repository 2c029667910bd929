import { Button, Group, Select, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSites } from '../../platform/api/resources.js';
import { useDraft } from '../../platform/components/use-draft.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import type { FleetSearch } from './fleet-search.js';

interface Props {
  readonly search: FleetSearch;
  readonly onChange: (patch: FleetSearch) => void;
}

/** Narrows the list; what is chosen stands in the address. */
export function FleetFilter({ search, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  const sites = useSites(useTenant()?.id);
  const [text, setText] = useDraft(search.q, (q) => onChange({ q }));
  const [tag, setTag] = useDraft(search.tag, (value) => onChange({ tag: value }));
  const isFiltered = Object.entries(search).some(([key, value]) => key !== 'tenant' && value !== undefined);
  return (
    <Group gap="xs" role="search" aria-label={t('fleet.filter.label')}>
      <TextInput
        data-list-filter
        size="xs"
        w={240}
        leftSection={<IconSearch size={14} aria-hidden />}
        placeholder={t('fleet.filter.text')}
        aria-label={t('fleet.filter.text')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Select
        size="xs"
        w={180}
        clearable
        searchable
        placeholder={t('fleet.filter.site')}
        aria-label={t('fleet.filter.site')}
        data={(sites.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={search.siteId ?? null}
        onChange={(siteId) => onChange({ siteId: siteId ?? undefined })}
        nothingFoundMessage={t('state.nothingFound')}
      />
      <TextInput
        size="xs"
        w={150}
        placeholder={t('fleet.filter.tag')}
        aria-label={t('fleet.filter.tag')}
        value={tag}
        onChange={(event) => setTag(event.currentTarget.value)}
      />
      {isFiltered && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => onChange({ q: undefined, siteId: undefined, tag: undefined, syncState: undefined })}
        >
          {t('action.clearFilter')}
        </Button>
      )}
    </Group>
  );
}
