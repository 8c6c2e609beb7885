module evo8u_mae_2000(input [7:0] a, input [7:0] b, output [15:0] p);
  wire n18 = a[7] & b[7];
  wire n19 = a[7] & b[5];
  wire n20 = a[6] & b[6];
  wire n21 = a[5] & b[7];
  wire n22 = a[7] & b[6];
  wire n23 = a[6] & b[7];
  wire n24 = n21 ^ n22;
  wire n25 = n23 ^ n24;
  wire n26 = ~(n19 | n20);
  wire n27 = ~(n21 | n22);
  wire n28 = n19 & n20;
  wire n29 = n25 & ~n26;
  wire n30 = n25 ^ n26;
  wire n31 = n18 ^ n29;
  wire n32 = n24 & ~n23;
  wire n33 = ~(n27 | n32);
  wire n34 = n31 ^ n33;
  wire n35 = n31 & ~n33;
  wire n36 = n18 & ~n35;
  wire n37 = ~n19;
  wire n38 = ~n28;
  wire n39 = ~n33;
  wire n40 = ~n21;
  wire n41 = ~n30;
  assign p = {n36, n34, n41, n28, a[4], b[4], n26, b[4], n40, 1'b1, n39, n31, n38, n25, n19, n37};
endmodule

