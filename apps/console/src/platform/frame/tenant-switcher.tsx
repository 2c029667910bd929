import { Select } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.js';
import { useTenant } from './use-tenant.js';

const ALL = '*';

/** Chooses the customer that all pages are about; the choice stands in the address. */
export function TenantSwitcher(): ReactNode {
  const { t } = useTranslation();
  const { tenants } = useSession();
  const chosen = useTenant();
  const navigate = useNavigate();
  return (
    <Select
      aria-label={t('frame.tenant')}
      size="xs"
      w={{ base: 150, md: 220 }}
      leftSection={<IconBuilding size={16} aria-hidden />}
      data={[{ value: ALL, label: t('frame.allTenants') }, ...tenants.map(({ slug, name }) => ({ value: slug, label: name }))]}
      value={chosen?.slug ?? ALL}
      searchable={tenants.length > 8}
      allowDeselect={false}
      nothingFoundMessage={t('state.nothingFound')}
      onChange={(slug) =>
        void navigate({ to: '.', search: (search) => ({ ...search, tenant: slug === ALL || slug === null ? undefined : slug }) })
      }
    />
  );
}
