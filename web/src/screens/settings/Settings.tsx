import {
  IconDeviceMobile,
  IconDoorExit,
  IconEye,
  IconInfoCircle,
  IconLock,
  IconSend,
  IconPencil,
  IconServer,
  IconShieldCheck,
  IconUsers,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { LinkRow } from "../../ui/LinkRow.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";

export default function Settings(): ReactNode {
  return (
    <Screen title={t("settings.title")}>
      <nav className="cs-list" aria-label={t("settings.title")}>
        <LinkRow to="/settings/people" title={t("settings.people")} text={t("settings.people.text")} icon={IconUsers} />
        <LinkRow to="/settings/devices" title={t("settings.devices")} text={t("settings.devices.text")} icon={IconDeviceMobile} />
        <LinkRow to="/settings/lock" title={t("settings.lock")} text={t("settings.lock.text")} icon={IconLock} />
        <LinkRow to="/settings/sheet" title={t("sheet.title")} text={t("settings.sheet.text")} icon={IconShieldCheck} />
        <LinkRow to="/settings/sending" title={t("settings.sending")} text={t("settings.sending.text")} icon={IconSend} />
        <LinkRow to="/settings/receipts" title={t("settings.receipts")} text={t("settings.receipts.text")} icon={IconEye} />
        <LinkRow to="/settings/writing" title={t("tone.settings")} text={t("tone.settings.text")} icon={IconPencil} />
        <LinkRow to="/settings/storage" title={t("settings.storage")} text={t("settings.storage.text")} icon={IconServer} />
        <LinkRow to="/settings/about" title={t("settings.about")} text={t("settings.about.text")} icon={IconInfoCircle} />
        <LinkRow to="/settings/leave" title={t("settings.leave")} text={t("settings.leave.text")} icon={IconDoorExit} />
      </nav>
    </Screen>
  );
}
