import { Button, Dialog } from "../../src/index.ts";
import { Opener } from "./opener.tsx";
import { type GalleryPart } from "./gallery-part.tsx";

export const dialogParts: readonly GalleryPart[] = [
  {
    name: "Dialog",
    states: [
      {
        name: "with actions",
        show: ({ text }) => (
          <Opener label="Open a dialog">
            {(dialog) => (
              <Dialog
                {...dialog}
                title={text("attention.title")}
                description={text("settings.typesHint")}
                actions={<Button look="primary">{text("common.save")}</Button>}
              >
                <p>{text("recovery.intro")}</p>
              </Dialog>
            )}
          </Opener>
        ),
      },
    ],
  },
];
