import { passwordProblem, passwordStrength } from "@owlivion/sync-client";
import { useWords } from "../../i18n/language-provider.tsx";

export interface PasswordMeterProps {
  readonly password: string;
  readonly email: string;
}

const steps = { refused: 1, fair: 2, good: 3, strong: 4 } as const;

/** What a new password is worth while it is typed: in words, and as a bar. */
export function PasswordMeter({ password, email }: PasswordMeterProps) {
  const { text } = useWords();
  if (password === "") return <p className="owl-field__hint">{text("password.hint")}</p>;
  const strength = passwordStrength(password, email);
  const problem = passwordProblem(password, email);
  return (
    <div className="owl-stack owl-stack--tight" role="status">
      <div className={`owl-meter owl-meter--${strength}`} aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={step <= steps[strength] ? "owl-meter__step owl-meter__step--on" : "owl-meter__step"}
          />
        ))}
      </div>
      <p className="owl-field__hint">
        {problem === null
          ? text(`password.strength.${strength === "refused" ? "fair" : strength}`)
          : text(`password.problem.${problem}`)}
      </p>
    </div>
  );
}
