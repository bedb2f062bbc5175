// C++: exceptions through frames with destructors, containers, virtual calls, templates, lambdas, streams.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace shapes {

class Shape {
 public:
  explicit Shape(std::string name) : name_(std::move(name)) {}
  virtual ~Shape() { std::cout << "~" << name_ << '\n'; }
  virtual double area() const = 0;
  const std::string &name() const { return name_; }

 private:
  std::string name_;
};

class Circle final : public Shape {
 public:
  explicit Circle(double radius) : Shape("circle"), radius_(radius) {}
  double area() const override { return 3.25 * radius_ * radius_; }  // BREAK: circle

 private:
  double radius_;
};

class Rectangle : public Shape {
 public:
  Rectangle(double width, double height) : Shape("rectangle"), width_(width), height_(height) {}
  double area() const override { return width_ * height_; }

 protected:
  double width_, height_;
};

}  // namespace shapes

struct Guard {
  const char *what;
  ~Guard() { std::cout << "leaving " << what << '\n'; }
};

static int checked_divide(int a, int b) {
  Guard guard{"checked_divide"};
  if (b == 0) throw std::invalid_argument("division by zero");  // BREAK: throw
  return a / b;
}

static int risky(int depth, int divisor) {
  Guard guard{"risky"};
  if (depth == 0) return checked_divide(100, divisor);
  return risky(depth - 1, divisor) + 1;
}

template <typename T>
T largest(const std::vector<T> &values) {
  T best = values.front();
  for (const T &value : values)
    if (best < value) best = value;  // BREAK: largest
  return best;
}

int main() {
  std::vector<std::unique_ptr<shapes::Shape>> all;
  all.push_back(std::make_unique<shapes::Circle>(2));
  all.push_back(std::make_unique<shapes::Rectangle>(3, 4.5));
  double total = 0;
  for (const auto &shape : all) {
    total += shape->area();
    std::cout << shape->name() << ' ' << shape->area() << '\n';
  }
  std::cout << "total " << total << '\n';

  std::map<std::string, int> words;
  std::istringstream text("the quick brown fox jumps over the lazy dog the end");
  for (std::string word; text >> word;) ++words[word];
  for (const auto &[word, count] : words)
    if (count > 1) std::cout << word << " x" << count << '\n';

  for (int divisor : {5, 0}) {
    try {
      std::cout << "risky " << risky(2, divisor) << '\n';  // BREAK: main
    } catch (const std::invalid_argument &error) {
      std::cout << "caught " << error.what() << '\n';  // BREAK: catch
    }
  }
  try {
    std::vector<int>().at(3);
  } catch (const std::exception &error) {
    std::cout << "range error caught\n";
  }

  std::vector<int> numbers(20);
  std::iota(numbers.begin(), numbers.end(), -5);
  std::sort(numbers.begin(), numbers.end(), [](int a, int b) { return a % 7 != b % 7 ? a % 7 < b % 7 : a < b; });
  for (int number : numbers) std::cout << number << ' ';
  std::cout << '\n' << largest(numbers) << ' ' << largest<std::string>({"pear", "apple", "plum"}) << '\n';
  return words.size() == 9 ? 0 : 1;  // BREAK: end
}
