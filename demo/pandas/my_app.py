"""One process, two versions of pandas: each library gets the one it needs."""

import dep_a
import dep_b


def main() -> None:
    print(f"dep_a: {dep_a.VERSIONS}")
    print(f"       the months felt {', '.join(dep_a.feelings())}")
    print(f"dep_b: {dep_b.VERSIONS}")
    print(f"       the week sold {dep_b.total()} units")

    # Each frame belongs to the pandas that made it, and goes on working outside its library.
    warmest = dep_a.readings().set_index("day")["celsius"].idxmax()
    best = dep_b.sales().set_index("day")["units"].idxmax()
    print(f"my_app: warmest on {warmest:%d %B}, best sales on {best:%A}")
    print(f"        one DataFrame class? {type(dep_a.readings()) is type(dep_b.sales())}")


if __name__ == "__main__":
    main()
