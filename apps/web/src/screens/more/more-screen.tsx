import { useSession } from "@owlivion/sync-react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Icon } from "../../shell/icons.tsx";
import { Screen } from "../../shell/screen.tsx";
import { keepingScreens, recordScreens } from "../../shell/screens.ts";

/** On a phone: every screen that has no room at the foot. */
export default function MoreScreen() {
  const { text } = useText();
  const { account } = useSession();
  return (
    <Screen title={text("screen.more")}>
      <ul className="cards">
        {[...recordScreens, ...keepingScreens].map(({ path, icon, name }) => (
          <li key={path}>
            <Link href={path} className="panel card card--link">
              <Icon name={icon} />
              {text(name)}
            </Link>
          </li>
        ))}
      </ul>
      <p className="owl-small owl-muted">{account?.email}</p>
    </Screen>
  );
}
