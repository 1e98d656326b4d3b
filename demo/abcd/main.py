"""Three versions of the same four packages in one process, and their unversioned twins, which exist once."""

import uses_one
import uses_three
import uses_two


def main() -> None:
    for dependant in (uses_one, uses_two, uses_three):
        for letter, a in (("V", dependant.versioned), ("U", dependant.unversioned)):
            for answer in a.wats():
                print(f"{letter} A {a.__version__} -> {answer}")


if __name__ == "__main__":
    main()
