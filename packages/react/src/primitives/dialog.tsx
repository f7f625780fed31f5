import { AlertDialog as BaseAlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { useWords } from "../i18n/language-provider.tsx";

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children: ReactNode;
  /** Buttons at its foot. */
  readonly actions?: ReactNode;
  readonly size?: "medium" | "wide";
}

/** A modal dialog: the focus stays in it and comes back, Escape closes it, the page behind is inert. */
export function Dialog({ isOpen, onClose, title, description, children, actions, size = "medium" }: DialogProps) {
  const { text } = useWords();
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="owl-dialog__backdrop" />
        <BaseDialog.Popup className={`owl-scope owl-dialog${size === "wide" ? " owl-dialog--wide" : ""}`}>
          <div className="owl-dialog__head">
            <BaseDialog.Title className="owl-title">{title}</BaseDialog.Title>
            <BaseDialog.Close className="owl-button owl-button--quiet owl-button--small">
              {text("common.close")}
            </BaseDialog.Close>
          </div>
          <div className="owl-dialog__body">
            {description === undefined ? null : (
              <BaseDialog.Description className="owl-muted">{description}</BaseDialog.Description>
            )}
            {children}
          </div>
          {actions === undefined ? null : <div className="owl-dialog__foot">{actions}</div>}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

export interface AlertDialogProps extends Omit<DialogProps, "size" | "children"> {
  readonly children?: ReactNode;
}

/** Asks before something that cannot be taken back: a click beside it does not close it. */
export function AlertDialog({ isOpen, onClose, title, description, children, actions }: AlertDialogProps) {
  const { text } = useWords();
  return (
    <BaseAlertDialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop className="owl-dialog__backdrop" />
        <BaseAlertDialog.Popup className="owl-scope owl-dialog">
          <div className="owl-dialog__head">
            <BaseAlertDialog.Title className="owl-title">{title}</BaseAlertDialog.Title>
          </div>
          <div className="owl-dialog__body">
            {description === undefined ? null : (
              <BaseAlertDialog.Description className="owl-muted">{description}</BaseAlertDialog.Description>
            )}
            {children}
          </div>
          <div className="owl-dialog__foot">
            <BaseAlertDialog.Close className="owl-button">{text("common.cancel")}</BaseAlertDialog.Close>
            {actions}
          </div>
        </BaseAlertDialog.Popup>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  );
}
